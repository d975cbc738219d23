"""Reading PubMed XML: every trap of the format."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit.errors import InputError
from evlit.pubmed import (
    parse_bytes,
    parse_one,
    trials,
)
from evlit.pubmed.dates import earliest, free_date, iso_date, numeric_date
from evlit.pubmed.trials import find_trial_ids
from evlit.records import (
    Author,
    Correction,
    DataBankId,
    Deleted,
    Grant,
    Keyword,
    MeshHeading,
    OtherAbstract,
    Parsed,
    PublicationType,
    Record,
    Substance,
)
from tests.pubmed_text import TRAPS, article, one, parsed, set_of, xml_of


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
