"""The fast paths of reading give what the plain paths give."""

from __future__ import annotations

import gzip
import os
import random
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.pubmed import Sieve, parse_bytes, parse_file, parse_raw, scan_blocks, source
from evlit.pubmed.canonical import canonical_xml, parse_element, parse_record
from evlit.pubmed.split import RawRecord, _Splitter, split_records
from evlit.records import Deleted, Malformed, Parsed
from tests.fakes.citations import article_set

BLANK = st.sampled_from(["", " ", "\n", "\n   ", "\t", "&#32;", "\u2003"])
WORD = st.sampled_from(["", "a", "b c", " d", "e ", "&amp;", "é", "<!-- c -->", "<![CDATA[ ]]>"])
LEAF = st.builds(lambda w, v: f"<Year>{w}{v}</Year>", WORD, WORD)
MIXED = st.builds(
    lambda w, g, v: f"<ArticleTitle><i>{w}</i>{g}<b>{v}</b>{g}</ArticleTitle>", WORD, BLANK, WORD
)
EMPTY = st.sampled_from(
    ["<Day/>", "<Day></Day>", "<Day> </Day>", "<Day>\n</Day>", "<DispFormula/>"]
)
PARTS = st.lists(st.tuples(st.one_of(LEAF, MIXED, EMPTY, WORD), BLANK), max_size=6)


@given(parts=PARTS, gap=BLANK)
def test_dropping_blanks_in_the_parser_changes_nothing(
    parts: list[tuple[str, str]], gap: str
) -> None:
    inner = "".join(part + after for part, after in parts)
    raw = f'<PubmedArticle b="1" a="2">{gap}{inner}</PubmedArticle>'.encode()
    assert canonical_xml(parse_record(raw)) == canonical_xml(parse_element(raw))


REFERENCE = "<Reference><Citation>A &amp; B. 2020</Citation></Reference>"


@pytest.mark.parametrize(
    "references",
    [
        REFERENCE, "", f"{REFERENCE}<Title>More</Title>{REFERENCE}", "<!-- </ReferenceList> -->",
        "<ReferenceList>" + REFERENCE + "</ReferenceList>", "<Reference>", "&unknown;", "\x01",
        "<mml:mi>x</mml:mi>", "<other:mi>x</other:mi>", "</ReferenceList><ReferenceList>", "]]>",
        "<Reference a='1' a='2'></Reference>", "<![CDATA[<Reference>]]>", "<!DOCTYPE a>",
    ],
)  # fmt: skip
def test_references_are_passed_over_but_not_their_faults(references: str) -> None:
    xml = RECORD.replace(
        b"</PubmedArticle>",
        (
            f"<PubmedData><ReferenceList>{references}</ReferenceList><ArticleIdList><ArticleId "
            'IdType="doi">10.1000/x</ArticleId></ArticleIdList></PubmedData></PubmedArticle>'
        ).encode(),
    )
    (raw,) = split_records(iter([xml]), "test")
    assert isinstance(raw, RawRecord)
    plain, fast = parse_raw(raw, to_store=True), parse_raw(raw)
    assert fast == plain
    if isinstance(plain, Parsed):
        assert plain.record.doi == "10.1000/x"


def test_bytes_are_made_only_when_asked_for_and_once() -> None:
    calls = []

    def make() -> bytes:
        calls.append(1)
        return b"<a/>"

    (found,) = (p for p in parse_bytes(RECORD) if isinstance(p, Parsed))
    lazy = Parsed(found.record, make)
    assert not calls
    assert lazy.xml == lazy.xml == b"<a/>"
    assert len(calls) == 1


RECORD = article_set(
    [
        '<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">7</PMID>'
        "<Article><ArticleTitle>Words</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    ]
)
ELEMENTS = st.sampled_from(
    [
        "<PubmedArticle><PMID>1</PMID></PubmedArticle>", "<PubmedArticle>\n<PMID>2</PMID></A>",
        "<PubmedArticle />", '<PubmedArticle x="1"><PMID>3</PMID></PubmedArticle>', "junk", "\n\n",
        "<!-- <PubmedArticle> -->", "<PubmedArticle><PubmedArticle></PubmedArticle>",
        "<DeleteCitation><PMID>4</PMID></DeleteCitation>", "</PubmedArticle>",
        "<PubmedBookArticle><PMID>5</PMID></PubmedBookArticle>", "<PubmedArticle><Pubmed",
    ]
)  # fmt: skip


class _Plain(_Splitter):
    def _plain(self) -> RawRecord | None:
        return None


@given(elements=st.lists(ELEMENTS, max_size=8), size=st.integers(1, 60))
def test_the_quick_cut_is_the_careful_cut(elements: list[str], size: int) -> None:
    whole = article_set(elements)
    chunks = [whole[i : i + size] for i in range(0, len(whole), size)]
    assert list(split_records(iter(chunks), "f")) == list(_Plain("f").run(iter(chunks)))


@pytest.mark.skipif(source.isal_zlib is None, reason="isal is not installed")
def test_a_damaged_file_gives_as_much_with_isal_as_with_zlib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = RECORD[RECORD.index(b"<PubmedArticle>") : RECORD.index(b"</PubmedArticleSet>")]
    noise = random.Random(1)
    records = [record.replace(b"Words", noise.randbytes(400).hex().encode()) for _ in range(4000)]
    packed = bytearray(gzip.compress(b"<PubmedArticleSet>" + b"".join(records)))
    packed[len(packed) // 2] ^= 0xFF
    path = tmp_path / "damaged.xml.gz"
    path.write_bytes(packed)
    fast = list(parse_file(path))
    monkeypatch.setattr(source, "isal_zlib", None)
    assert fast == list(parse_file(path))
    assert isinstance(fast[-1], Malformed)
    assert len(fast) > 1000


BROKEN = article_set(
    [
        "<PubmedArticle><MedlineCitation><PMID>1</PMID></MedlineCitation></PubmedArticle>",
        "<PubmedArticle>\n<PMID>2</PMID></A>\n</PubmedArticle>", "\n\njunk\n",
        "<DeleteCitation><PMID>3</PMID></DeleteCitation>",
        "<PubmedArticle>\n<MedlineCitation></MedlineCitation></PubmedArticle>",
        "<PubmedArticle>\n<PubmedArticle></PubmedArticle>",
    ]
)  # fmt: skip


def told_by(items: Iterable[Parsed | Deleted | Malformed | None]) -> list[object]:
    return [item.record.pmid if isinstance(item, Parsed) else item for item in items]


def scanned(path: Path) -> list[object]:
    """Return what a scan tells of a file that keeps all of it."""
    blocks = scan_blocks(path, Sieve([]), keep_all=True, size=2)
    return told_by(item.found for block in blocks for lot in block for item in lot)


def test_a_scan_tells_faults_by_their_lines_though_it_counts_none(tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_bytes(BROKEN)
    plain = told_by(parse_file(path))
    assert sum(isinstance(item, Malformed) for item in plain) == 5, "the test itself"
    assert scanned(path) == plain


def test_a_pipe_is_scanned_once_and_its_faults_told_by_their_lines(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.xml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(BROKEN,), daemon=True)
    writer.start()
    told = scanned(pipe)
    writer.join()
    assert told == told_by(parse_bytes(BROKEN, "pipe.xml"))
