"""Reading MEDLINE exports (.nbib, .txt)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evlit.pubmed import (
    medline,
    parse_bytes,
    parse_one,
)
from evlit.records import (
    Author,
    Correction,
    DataBankId,
    Grant,
    Keyword,
    Malformed,
    MeshHeading,
    OtherAbstract,
    Parsed,
    PublicationType,
    Record,
    Substance,
)
from tests.pubmed_text import EXPORT, parsed, xml_of


@pytest.fixture(scope="module")
def export() -> Iterator[list[Record]]:
    yield parsed(EXPORT)


def test_medline_maps_to_the_same_fields(export: list[Record]) -> None:
    r = export[0]
    assert (r.pmid, r.kind, r.status) == (91000001, "article", "MEDLINE")
    assert r.title == (
        "Vesicles from cord cells in rats with an invented injury: "
        "a study whose title runs over two lines."
    )
    assert (r.doi, r.pii, r.pmcid) == ("10.9999/jiv.2023.001", "jiv-1", "PMC9900001")
    assert (r.published, r.year, r.revised) == ("2023-06-04", 2023, "2024-02-09")
    assert (r.created, r.entered, r.mesh_date) == ("2023-06-04", "2023-06-05", "2023-12-25")
    assert (r.journal, r.journal_abbreviation) == ("Journal of invented vesicles", "J Inv Ves")
    assert (r.nlm_id, r.issn) == ("101999999", "1234-567X")
    assert (r.volume, r.issue, r.pages) == ("12", "3", "101-109")
    assert r.languages == ("eng", "spa")
    assert r.coi == "A.M. holds shares of Invented Ltd."
    assert r.abstract_copyright == "(c) 2023 The Inventors."
    assert r.indexing_method is None


def test_medline_lists(export: list[Record]) -> None:
    r = export[0]
    assert r.publication_types == (
        PublicationType("D016428", "Journal Article"),
        PublicationType("D016449", "Randomized Controlled Trial"),
        PublicationType("", "Randomized Controlled Trial, Veterinary"),
    )
    assert r.mesh == (
        MeshHeading("", "Animals"),
        MeshHeading("", "Exosomes", True, (("", "metabolism", False), ("", "chemistry", False))),
        MeshHeading("", "Rats", True, (("", "injuries", True),)),
    )
    assert r.keywords == (
        Keyword("vesicles", major=True),
        Keyword("a keyword so long that the export wraps it"),
    )
    assert r.substances == (
        Substance("", "MicroRNAs"),
        Substance("", "Alcohol Dehydrogenase", "EC 1.1.1.1"),
    )
    assert r.grants == (
        Grant("A-1", "NHLBI NIH HHS", "United States"),
        Grant("2018/25/B", "Agency", "Poland"),
    )
    assert r.corrections == (
        Correction("CommentIn", None, "J Inv Ves. 2023;12:9"),
        Correction("RetractionIn", 91000009, "J Inv Ves. 2024;13:1. doi: 10.9999/retraction."),
    )
    assert r.databank_ids == (
        DataBankId("ClinicalTrials.gov", "NCT07654321"),
        DataBankId("GEO", "GSE12"),
        DataBankId("ClinicalTrials.gov", "NCT01234567", "abstract"),
    )
    assert r.other_abstracts == (OtherAbstract("Publisher", "ger", "Zusammenfassung."),)


def test_medline_ties_affiliations_to_their_authors(export: list[Record]) -> None:
    assert export[0].authors == (
        Author(
            "Muster", "Anna B", "AB", "Jr", None, "0000-0002-1825-0097",
            ("Institute A; Town, Land.", "Clinic B, Town."),
        ),
        Author("von Beispiel", "Ärwin", "Ä"),
        Author(collective="Vesicle Study Group"),
    )  # fmt: skip


def test_medline_abstract_is_parted_only_where_it_begins_with_a_label(
    export: list[Record],
) -> None:
    assert [s.label for s in export[0].sections] == [
        "BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS",
    ]  # fmt: skip
    assert export[0].sections[3].text == "More is needed: we think so."
    assert [s.label for s in export[1].sections] == [None]


def test_medline_short_record(export: list[Record]) -> None:
    r = export[1]
    assert (r.title, r.vernacular_title, r.published) == ("[Ohne Titel].", "Ohne Titel.", "2001")


def test_medline_lines_are_stored_and_come_back() -> None:
    for p in parse_bytes(EXPORT):
        assert isinstance(p, Parsed)
        assert parse_one(p.xml) == p.record
    crlf = EXPORT.replace(b"\n", b"\r\n")
    assert xml_of(crlf) == xml_of(EXPORT)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Ärwin".encode(), b"\xc4rwin", "is not UTF-8 at line 27: save the file as UTF-8"),
        (b"PMID- 91000001\n", b"", "no PMID"),
        (b"PMID- 91000001", b"PMID- none", "no PMID"),
    ],
)
def test_medline_faults_cost_one_record(old: bytes, new: bytes, what: str) -> None:
    found = list(parse_bytes(EXPORT.replace(old, new), "x.nbib"))
    assert isinstance(found[0], Malformed)
    assert what in found[0].what
    assert found[0].where == "x.nbib: record 1 (line 2)"
    assert isinstance(found[1], Parsed)


def test_medline_records_run_together_are_parted_at_the_pmid() -> None:
    data = EXPORT.replace(b"\n\nPMID", b"\nPMID")
    assert parsed(data) == parsed(EXPORT)


def test_a_medline_record_that_is_too_long_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(medline, "_MAX_RECORD", 1000)
    long = b"PMID- 7\n" + b"AB  - words\n" * 500
    found = list(parse_bytes(b"PMID- 5\n\n" + long + b"\nPMID- 6\n", "x"))
    assert [type(f).__name__ for f in found] == ["Parsed", "Malformed", "Parsed"]
    assert isinstance(found[1], Malformed)
    assert (found[1].pmid, found[1].where) == (7, "x: record 2 (line 3)")


def test_medline_stray_lines_are_named_and_the_record_kept() -> None:
    found = list(parse_bytes(EXPORT.replace(b"SB  - IM", b"a stray line"), "x.nbib"))
    assert [type(f).__name__ for f in found] == ["Parsed", "Malformed", "Parsed"]
    assert isinstance(found[1], Malformed)
    assert found[1].pmid == 91000001


def test_medline_cut_gzip() -> None:
    records = "\n\n".join(f"PMID- {n}\nTI  - {n * 7919 % 104729:x}" for n in range(1, 2000))
    packed = gzip.compress(records.encode())
    found = list(parse_bytes(packed[: len(packed) // 2]))
    assert sum(isinstance(p, Parsed) for p in found) > 500
    assert isinstance(found[-1], Malformed)


MEDLINE_PARTS = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.sampled_from(
            [b"PMID- 1\n", b"\n", b"      more\n", b"TI  -\n", b"MH  - *A/*b\n", b"FAU - ,\n",
             b"AU  - \n", b"AD  - x\n", b"AB  - METHODS: \n", b"GR  - ///\n", b"RN  - (\n",
             b"SI  - /\n", b"DP  - 2021 Xyz\n", b"OABL- x\n", b"AID - [doi]\n", b"AUID- 1\n",
             b"CN  - y\n", b"      \n", b"DEP - 99999999\n", b"IS  - 1\n"]
        ),
    ), max_size=14,
)  # fmt: skip


@given(parts=MEDLINE_PARTS)
def test_any_medline_bytes_lose_no_record_before_them(parts: list[bytes]) -> None:
    found = list(parse_bytes(b"PMID- 5\nTI  - T\n\n" + b"".join(parts)))
    assert isinstance(found[0], Parsed)
    assert found[0].record.pmid == 5
