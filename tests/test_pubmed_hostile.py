"""Reading PubMed files that are cut, broken or meant to harm."""

from __future__ import annotations

import gzip
import io
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evlit.errors import InputError
from evlit.pubmed import (
    RawRecord,
    iter_raw,
    open_source,
    parse_bytes,
    parse_file,
    parse_raw,
)
from evlit.pubmed import split as split_module
from evlit.records import (
    Malformed,
    Parsed,
)
from tests.pubmed_text import EXPORT, TRAPS, article, parsed, set_of


def results(data: bytes) -> tuple[list[int], list[Malformed]]:
    """PMIDs read, and what could not be."""
    found = list(parse_bytes(data, "x.xml"))
    pmids = [p.record.pmid for p in found if isinstance(p, Parsed)]
    return pmids, [m for m in found if isinstance(m, Malformed)]


TEN = [article(pmid=str(n)) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("a \x0b control character", "not well-formed"),
        ("an &undefined; entity", "not well-formed"),
        ("a stray < sign", "not well-formed"),
        ("a <i>open tag", "not well-formed"),
        ("an &#0; reference", "not well-formed"),
        ("x</PubmedArticleSet>", "no end tag"),
    ],
)
def test_a_fault_costs_one_record(fault: str, words: str) -> None:
    records = [*TEN[:4], article(pmid="5", title=fault), *TEN[5:]]
    pmids, broken = results(set_of(*records))
    assert pmids == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert [m.pmid for m in broken] == [5]
    assert broken[0].where == "x.xml: record 5 (line 6)"
    assert words in broken[0].what


def test_bytes_that_are_not_utf8_cost_one_record() -> None:
    pmids, broken = results(set_of(*TEN).replace(b'<PMID Version="1">3<', b"\xff<PMID>3<"))
    assert 3 not in pmids
    assert len(pmids) == 9
    assert [m.pmid for m in broken] == [3]


def test_the_line_of_a_fault_is_the_files() -> None:
    data = TRAPS.replace(b"Scores rose", b"").replace(b"<Title>Zeitschrift", b"<Title>Zeit\x01")
    _, (broken,) = results(data)
    line = data[: data.index(b"Zeit\x01")].count(b"\n") + 1
    assert broken.pmid == 90000002
    assert f"at line {line}:" in broken.what


@pytest.mark.parametrize("pmid", ["", "0", "abc", "1234567890", "-1", "１２"])
def test_a_record_without_a_pmid_is_named(pmid: str) -> None:
    pmids, (broken,) = results(set_of(TEN[0], article(pmid=pmid), TEN[2]))
    assert pmids == [1, 3]
    assert "no PMID" in broken.what
    assert broken.pmid is None


def test_records_without_citation_or_book() -> None:
    pmids, broken = results(
        set_of(TEN[0], "<PubmedArticle/>", "<PubmedBookArticle></PubmedBookArticle>", TEN[1])
    )
    assert pmids == [1, 2]
    assert [m.what for m in broken] == ["has no MedlineCitation in it", "has no BookDocument in it"]


def test_a_missing_end_tag_costs_one_record() -> None:
    records = [*TEN[:2], TEN[2].removesuffix("</PubmedArticle>"), *TEN[3:]]
    pmids, broken = results(set_of(*records))
    assert pmids == [1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert [(m.pmid, m.what) for m in broken] == [(3, "has no end tag")]


def test_an_end_tag_may_hold_a_blank() -> None:
    data = set_of(*TEN).replace(b"</PubmedArticle>", b"</PubmedArticle\n >")
    assert results(data) == (list(range(1, 11)), [])


def test_text_between_records_is_reported() -> None:
    pmids, (broken,) = results(set_of(TEN[0], "<PubmedXrticle><PMID>7</PMID>", TEN[1]))
    assert pmids == [1, 2]
    assert broken.pmid == 7
    assert "text outside any record" in broken.what


def test_a_cut_file_keeps_what_came_before() -> None:
    data = set_of(*TEN)
    pmids, (broken,) = results(data[: data.index(b'<PMID Version="1">7') + 30])
    assert pmids == [1, 2, 3, 4, 5, 6]
    assert (broken.pmid, broken.where) == (7, "x.xml: record 7 (line 8)")
    assert broken.what == "is cut off: the file ends inside it"


def test_a_file_cut_between_records_is_seen() -> None:
    data = set_of(*TEN)
    pmids, (broken,) = results(data[: data.index(TEN[6].encode())])
    assert pmids == [1, 2, 3, 4, 5, 6]
    assert broken.what == "ends before </PubmedArticleSet>: the file is cut"


def test_a_cut_gzip_keeps_what_came_before() -> None:
    noisy = [article(pmid=str(n), title=f"{n * 7919 % 104729:x}" * 40) for n in range(1, 400)]
    packed = gzip.compress(set_of(*noisy), mtime=0)
    pmids, broken = results(packed[: len(packed) // 2])
    assert pmids == list(range(1, len(pmids) + 1))
    assert len(pmids) > 100
    assert "gzip data end too early" in broken[-1].what
    assert len(broken) == 1


def test_a_damaged_gzip_keeps_what_came_before() -> None:
    noisy = [article(pmid=str(n), title=f"{n * 7919 % 104729:x}" * 40) for n in range(1, 400)]
    packed = bytearray(gzip.compress(set_of(*noisy), mtime=0))
    middle = len(packed) // 2
    packed[middle : middle + 64] = bytes(64)
    pmids, broken = results(bytes(packed))
    assert len(pmids) > 100
    assert "damaged" in broken[-1].what


def test_a_gzip_stream_that_breaks_is_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "cut.xml.gz"
    path.write_bytes(gzip.compress(TRAPS)[:-200])
    assert isinstance(list(parse_file(path))[-1], Malformed)


def test_gzip_members_one_after_another() -> None:
    data = gzip.compress(set_of(*TEN[:5])) + gzip.compress(set_of(*TEN[5:])) + b"\0" * 8
    assert results(data) == (list(range(1, 11)), [])


def test_an_entity_bomb_is_refused_and_nothing_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read")
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    head = (
        f'<!DOCTYPE PubmedArticleSet SYSTEM "http://127.0.0.1:9/no.dtd" [<!ENTITY l0 "lol">{levels}'
        f'<!ENTITY file SYSTEM "{secret.as_uri()}">]>'
    )
    data = set_of(TEN[0], article(pmid="2", title="&l9;"), article(pmid="3", title="&file;"),
                  TEN[3], head=head)  # fmt: skip
    pmids, broken = results(data)
    assert pmids == [1, 4]
    assert [m.pmid for m in broken] == [2, 3]
    inside = TEN[0].replace("<Article>", f"{head}<Article>")
    assert results(set_of(inside, TEN[1]))[0] == [2]


def test_a_record_that_is_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split_module, "MAX_RECORD", 1 << 16)
    huge = article(pmid="2", title="x" * (3 << 20))
    pmids, broken = results(set_of(TEN[0], huge, *TEN[2:]))
    assert pmids == [1, 3, 4, 5, 6, 7, 8, 9, 10]
    assert [m.pmid for m in broken] == [2]


def test_endless_junk_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        left = 40

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return b"<junk>" * (size // 6) if self.left > 0 else b""

    stream = io.BytesIO(set_of(TEN[0])[:-20])
    chunks = iter([stream.read(), *(Endless().read(1 << 20) for _ in range(40))])
    tracemalloc.start()
    found = list(split_module.split_records(chunks, "x"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found[0], RawRecord)
    assert len(found) == 2
    assert peak < 100 << 20


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"<!DOCTYPE html>\n<html><body>down</body></html>", "<html>"),
        (b"<!doctype HTML PUBLIC '-//W3C'><HTML>", "<HTML>"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE a>', "without a root"),
        (b'{"error":"API rate limit exceeded"}', "is JSON"),
        (b"just words", "neither XML nor MEDLINE"),
        (b"\x89PNG\r\n\x1a\n\0\0", "neither XML nor MEDLINE"),
        (b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>",
         "it says: Unable to obtain query #1"),
        (b'<?xml version="1.0" encoding="zlib"?><PubmedArticleSet/>', "encoding 'zlib'"),
        (gzip.compress(b"<PubmedArticleSet>", mtime=0)[:9], "is empty"),
    ],
)  # fmt: skip
def test_what_is_not_pubmed_says_what_it_is_and_what_to_do(data: bytes, what: str) -> None:
    with pytest.raises(InputError, match=re.escape(what)) as caught:
        parse_bytes(data, "x.xml")
    assert caught.value.where == "x.xml"
    assert caught.value.remedy


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        parse_file(tmp_path / "absent.xml")
    with pytest.raises(InputError, match="is a folder"):
        parse_file(tmp_path)


def test_an_empty_set_is_no_error() -> None:
    assert results(b"<PubmedArticleSet></PubmedArticleSet>") == ([], [])
    assert results(b'<?xml version="1.0" ?><PubmedArticleSet/>') == ([], [])


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "utf-8-sig", "windows-1252"])
def test_other_encodings_are_read_as_declared(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>' + set_of(article(title="Über")).decode()
    assert [r.title for r in parsed(text.encode(encoding))] == ["Über"]


def test_bad_bytes_of_another_encoding_cost_one_record() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?>' + set_of(*TEN).decode()
    data = text.encode("utf-16")
    at = data.index("A title".encode("utf-16-le"))
    pmids, broken = results(data[:at] + b"\x00\xdc" + data[at + 2 :])
    assert pmids == list(range(2, 11))
    assert [m.pmid for m in broken] == [1]


def test_content_decides_and_not_the_ending(tmp_path: Path) -> None:
    odd = tmp_path / "records.txt"
    odd.write_bytes(gzip.compress(TRAPS))
    assert open_source(odd).kind == "xml"
    assert sum(isinstance(p, Parsed) for p in parse_file(odd)) == 3
    odd.write_bytes(EXPORT)
    assert open_source(odd).kind == "medline"
    odd.write_bytes(gzip.compress(EXPORT))
    assert sum(isinstance(p, Parsed) for p in parse_file(odd)) == 2


def test_raw_records_are_the_plain_path_in_two_steps() -> None:
    raws = list(iter_raw(TRAPS, "x"))
    assert [r.tag for r in raws if isinstance(r, RawRecord)] == [
        "PubmedArticle", "PubmedArticle", "PubmedBookArticle", "DeleteCitation",
    ]  # fmt: skip
    assert [parse_raw(r) for r in raws if isinstance(r, RawRecord)] == list(parse_bytes(TRAPS))
    with pytest.raises(InputError, match="MEDLINE text"):
        next(iter_raw(EXPORT, "x"))


def test_chunks_of_any_size_give_the_same() -> None:
    data = set_of(*TEN[:3], "junk", TEN[4])
    whole = list(split_module.split_records(iter([data]), "x"))
    for size in (1, 7, 50):
        pieces = (data[i : i + size] for i in range(0, len(data), size))
        assert list(split_module.split_records(pieces, "x")) == whole


HOSTILE = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"<", b">", b"&", b"<PubmedArticle>", b"</PubmedArticle>", b"<PubmedArticle/>",
         b"</PubmedArticleSet>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"\0",
         b"<DeleteCitation>", b"</DeleteCitation>", b"<PMID>9", b"\xff\xfe", b"<?", b"<PMID "]
    ),
)  # fmt: skip


@given(parts=st.lists(HOSTILE, max_size=12))
def test_any_bytes_give_records_or_an_input_error(parts: list[bytes]) -> None:
    try:
        list(parse_bytes(b"".join(parts)))
    except InputError as error:
        assert error.remedy


@given(
    at=st.integers(0, 9),
    offset=st.integers(0, 200),
    damage=st.lists(HOSTILE, min_size=1, max_size=4),
)
def test_damage_never_loses_what_came_before_nor_what_comes_after(
    at: int, offset: int, damage: list[bytes]
) -> None:
    head = set_of(*TEN).index(TEN[at].encode())
    data = set_of(*TEN)
    place = head + min(offset, len(TEN[at]) - 1)
    pmids, _ = results(data[:place] + b"".join(damage) + data[place:])
    assert pmids[:at] == list(range(1, at + 1))
    if at < 8:  # the record behind the damage may be drawn in, later ones never
        assert pmids[-(8 - at) :] == list(range(at + 3, 11))


@given(cut=st.integers(0, 10_000))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_cut_anywhere_keeps_whole_records(cut: int) -> None:
    data = set_of(*TEN)
    cut %= len(data)
    try:
        pmids, broken = results(data[:cut])
    except InputError:
        assert b"<PubmedArticleSet>" not in data[:cut]
        return
    assert pmids == list(range(1, data[:cut].count(b"</PubmedArticle>") + 1))
    assert broken
