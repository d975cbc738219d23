"""Citations for other programs: what rispy, Bio.Medline and pandoc read is what was written."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import rispy
from Bio import Medline
from hypothesis import given
from hypothesis import strategies as st

from evlit.export import (
    FORMATS,
    Exported,
    Reference,
    reference_of,
    reference_of_report,
    to_csl,
    to_nbib,
    to_ris,
)
from evlit.pubmed import parse_bytes
from evlit.records import (
    AbstractSection,
    Author,
    Correction,
    Flag,
    Keyword,
    MeshHeading,
    OtherAbstract,
    Parsed,
    PublicationType,
    Record,
    StudyReport,
)
from tests.conftest import EXOFLO_TRIAL
from tests.fakes.citations import Citation, article_set

RECORD = Record(
    pmid=97_111_111,
    title="Vesicles; of mesenchymal stem cells in “rats” with TNF-α: a trial",
    sections=(
        AbstractSection("Rats were few.\nTwo lines.", "BACKGROUND"),
        AbstractSection("We gave vesicles to 12 rats (p < 0.05).", "METHODS"),
    ),
    authors=(
        Author("Núñez", "Ana María", "AM", affiliations=("Clinic X. ana@example.org.",)),
        Author("王", "伟", "W", suffix="Jr"),
        Author(collective="The Invented Group"),
        Author("Wrong", "Name", "N", valid=False),
    ),
    journal="Journal of invented vesicles",
    journal_abbreviation="J Inv Vesicles",
    issn="1234-5678",
    volume="7",
    issue="1-2",
    pages="e12-e19",
    year=2024,
    published="2024-05-06",
    created="2024-05-01",
    entered="2024-05-02",
    mesh_date="2024-06-01",
    revised="2024-07-01",
    languages=("jpn",),
    doi="10.1002/(sici)1097<1::aid-x1>3.0.co;2-#",
    pmcid="PMC123",
    publication_types=(
        PublicationType("D016428", "Journal Article"),
        PublicationType("D016441", "Retracted Publication"),
    ),
    mesh=(
        MeshHeading("D055354", "Exosomes", True, (("Q1", "metabolism", True),)),
        MeshHeading("D051381", "Rats", False),
    ),
    keywords=(Keyword("exosome"), Keyword("rat; model", major=True)),
    corrections=(Correction("RetractionIn", 97_111_112, "J Inv Vesicles. 2025;8(1):1"),),
    other_abstracts=(OtherAbstract("Publisher", "jpn", "ラットに小胞を投与した。"),),
    coi="None of the authors has any interest to tell of, at great length, " * 4,
    status="MEDLINE",
)
REFERENCE = reference_of(RECORD, retracted=True, notes=("evlit: Retracted.",))


def read_ris(references: list[Reference]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = rispy.loads("".join(to_ris(references)))
    return found


def test_ris_comes_back_through_rispy() -> None:
    (entry,) = read_ris([REFERENCE])
    assert entry["type_of_reference"] == "JOUR"
    assert entry["title"] == RECORD.title
    assert entry["authors"] == ["Núñez, Ana María", "王, 伟, Jr", "The Invented Group"]
    assert (entry["start_page"], entry["end_page"]) == ("e12", "e19")
    assert (entry["year"], entry["date"]) == ("2024", "2024/05/06")
    assert (entry["doi"], entry["accession_number"]) == (RECORD.doi, "97111111")
    assert entry["keywords"] == ["exosome", "rat; model", "Retracted Publication"]
    assert entry["urls"] == ["https://pubmed.ncbi.nlm.nih.gov/97111111/"]
    assert entry["abstract"].startswith("BACKGROUND: Rats were few. Two lines. METHODS")  # type: ignore[attr-defined]
    assert entry["notes"] == ["evlit: Retracted."]


def test_ris_of_many_is_parted_and_unnumbered() -> None:
    text = "".join(to_ris([REFERENCE, REFERENCE._replace(kind="preprint")]))
    assert text.startswith("TY  - JOUR\n")
    assert [e["type_of_reference"] for e in rispy.loads(text)] == ["JOUR", "UNPB"]


HOSTILE = st.text(alphabet=st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ["ER  - ", "\nER  - \nTY  - JOUR", "TI  - x", "a\r\nPMID- 1", "\x1b[31m", "\u2028ER  - "]
)


@given(title=HOSTILE, abstract=HOSTILE, name=HOSTILE)
def test_no_text_can_end_a_reference_or_begin_another(title: str, abstract: str, name: str) -> None:
    record = Record(
        5, title=title, sections=(AbstractSection(abstract),), authors=(Author(last=name),),
        year=2024,
    )  # fmt: skip
    reference = reference_of(record, retracted=False)
    (entry,) = read_ris([reference])
    assert entry["accession_number"] == "5"
    (item,) = json.loads("".join(to_csl([reference])))
    assert item["PMID"] == "5"
    (held,) = Medline.parse(io.StringIO("".join(to_nbib([record]))))  # type: ignore[no-untyped-call]
    assert held["PMID"] == "5"


def test_csl_holds_what_a_citation_needs() -> None:
    (item,) = json.loads("".join(to_csl([REFERENCE])))
    assert item["type"] == "article-journal"
    assert item["author"][1] == {"family": "王", "given": "伟", "suffix": "Jr"}
    assert item["author"][2] == {"literal": "The Invented Group"}
    assert item["issued"] == {"date-parts": [[2024, 5, 6]]}
    assert item["DOI"] == RECORD.doi
    assert (item["status"], item["language"]) == ("Retracted", "ja")
    assert json.loads("".join(to_csl([]))) == []


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")
def test_pandoc_formats_the_csl(tmp_path: Path) -> None:
    path = tmp_path / "refs.json"
    path.write_text("".join(to_csl([REFERENCE])), encoding="utf-8")
    source = f"---\nbibliography: {path}\nnocite: '@*'\n---\n"
    out = subprocess.run(
        ["pandoc", "--citeproc", "-t", "plain", "--wrap=none"], input=source, capture_output=True,
        text=True, check=True,
    ).stdout  # fmt: skip
    assert "Núñez, Ana María" in out
    assert "Vesicles; of mesenchymal stem cells" in out
    assert "2024" in out


def test_nbib_comes_back_through_biopython() -> None:
    text = "".join(to_nbib([RECORD]))
    assert all(len(line) <= 88 or " " not in line[6:] for line in text.splitlines())
    (held,) = Medline.parse(io.StringIO(text))  # type: ignore[no-untyped-call]
    assert held["PMID"] == "97111111"
    assert held["FAU"] == ["Núñez, Ana María", "王, 伟 Jr", "Wrong, Name"]
    assert held["CN"] == ["The Invented Group"]
    assert held["MH"] == ["Exosomes/*metabolism", "Rats"]
    assert held["PT"] == ["Journal Article", "Retracted Publication"]
    assert held["RIN"] == ["J Inv Vesicles. 2025;8(1):1. PMID: 97111112"]
    assert held["OT"] == ["exosome", "*rat; model"]
    assert held["DP"] == "2024 May 6"
    assert "ana@example.org" not in text
    assert held["SO"].startswith("J Inv Vesicles. 2024 May 6;7(1-2):e12-e19. doi: 10.1002")


SAME = (
    "pmid", "title", "vernacular_title", "abstract", "journal", "journal_abbreviation", "issn",
    "volume", "issue", "pages", "year", "created", "entered", "mesh_date", "revised", "languages",
    "doi", "pmcid", "publication_types", "keywords", "coi", "status", "kind",
)  # fmt: skip


def test_nbib_comes_back_through_our_own_reader() -> None:
    citation = Citation(
        97_000_001, "A title", "Rats were given vesicles. <b>Twelve</b> of them.",
        doi="10.9/x", keywords=("one", "two"), trial_ids=("NCT04493242",), coi="None.",
        authors=("Sun Ada", "Moon Bo"), vernacular_title="脐带",
        types=(("D016428", "Journal Article"),),
        corrections=(("UpdateOf", 97_000_002),), mesh=(("D051381", "Rats"),),
    )  # fmt: skip
    (read,) = parse_bytes(article_set([citation.xml()]), "here")
    assert isinstance(read, Parsed)
    (back,) = parse_bytes("".join(to_nbib([read.record])).encode(), "there")
    assert isinstance(back, Parsed)
    for name in SAME:
        assert getattr(back.record, name) == getattr(read.record, name), name
    assert back.record.trial_ids == read.record.trial_ids
    assert [(c.ref_type, c.pmid) for c in back.record.corrections] == [("UpdateOf", 97_000_002)]
    assert [a.last for a in back.record.authors] == ["Sun", "Moon"]
    assert [m.name for m in back.record.mesh] == ["Rats"]


def test_books_and_chapters() -> None:
    book = Record(1, kind="book", title="A book", year=2020)
    chapter = Record(2, kind="book", title="A chapter", journal="A book", year=2020)
    kinds = [reference_of(r, retracted=False).kind for r in (book, chapter)]
    assert kinds == ["book", "chapter"]
    parsed = list(parse_bytes("".join(to_nbib([book, chapter])).encode(), "here"))
    held = [p.record for p in parsed if isinstance(p, Parsed)]
    assert [(r.kind, r.title, r.journal) for r in held] == [
        ("book", "A book", None),
        ("book", "A chapter", "A book"),
    ]


def test_a_study_that_is_not_held_is_a_reference_too() -> None:
    report = StudyReport(
        "doi:10.1/x", "Title", "human_other", counted=True, doi="10.1/x", year=2020,
        published="2020", url="https://doi.org/10.1/x", flags=(Flag("poster", "poster"),),
    )  # fmt: skip
    reference = reference_of_report(report, ["note"])
    assert (reference.kind, reference.date, reference.id) == ("poster", (2020,), "doi:10.1/x")
    (entry,) = read_ris([reference])
    assert entry["type_of_reference"] == "CPAPER"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_one_record_of_many(name: str) -> None:
    (read,) = parse_bytes(article_set([EXOFLO_TRIAL.xml()]), "here")
    assert isinstance(read, Parsed)
    item = Exported(read.record, (), (), retracted=False)
    text = "".join(FORMATS[name](iter([item, item])))
    assert text.count("ExoFlo for severe pneumonia") == 2
