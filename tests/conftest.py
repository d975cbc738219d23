"""What all tests share: no network but loopback, no settings of the person who runs them."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from tests.fakes.citations import Citation, article_set

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("EVLIT_SHARED", ROOT.parent / "shared"))


def pytest_report_header() -> str:
    """Say which SQLite the run uses: its version decides what SQL may say."""
    return f"SQLite {sqlite3.sqlite_version}; shared data: {'yes' if SHARED.is_dir() else 'no'}"


@pytest.fixture(autouse=True)
def settings_of_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Point every folder into the test's own, and unset what a person may have set."""
    for name in list(os.environ):
        if name.startswith(("EVLIT_", "NCBI_")) and name != "EVLIT_SHARED":
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("EVLIT_CACHE", str(home / "cache"))
    monkeypatch.setenv("EVLIT_PACE", str(home / "pace"))


EXOFLO_TRIAL = Citation(
    pmid=91000001,
    title="ExoFlo for severe pneumonia: a randomised, placebo-controlled trial.",
    abstract=(
        "We tested bone marrow mesenchymal stem cell-derived extracellular vesicles. "
        "Forty patients with severe COVID-19 were randomly assigned to receive ExoFlo 15 mL "
        "intravenously (n = 20) or placebo (n = 20). No adverse events of any kind occurred. "
        "Mortality at day 28 did not differ between the groups."
    ),
    types=(("D016428", "Journal Article"), ("D016449", "Randomized Controlled Trial")),
)
EXOFLOW_DEVICE = Citation(
    pmid=91000002,
    title="ExoFlow: a chip for the capture of exosomes by flow.",
    abstract=(
        "ExoFlow captures extracellular vesicles of mesenchymal stem cells from medium. "
        "The chip was tested with conditioned medium."
    ),
)
RAT_STUDY = Citation(
    pmid=91000003,
    title="Mesenchymal stem cell exosomes reduce infarct volume in a rat model of stroke.",
    abstract=(
        "Adult male rats underwent middle cerebral artery occlusion and received exosomes of "
        "umbilical cord mesenchymal stem cells intravenously. Infarct volume was smaller."
    ),
)
OFF_TOPIC = Citation(
    pmid=91000004,
    title="Knee pain in postal workers: a survey.",
    abstract="We asked 300 postal workers about knee pain.",
)
REVIEW = Citation(
    pmid=91000005,
    title="Mesenchymal stem cell-derived exosomes in lung disease: a review.",
    abstract=(
        "This review summarises studies of mesenchymal stem cell exosomes in lung disease. "
        "Products such as ExoFlo and Zofin are in clinical trials."
    ),
    types=(("D016428", "Journal Article"), ("D016454", "Review")),
)
CITATIONS = (EXOFLO_TRIAL, EXOFLOW_DEVICE, RAT_STUDY, OFF_TOPIC, REVIEW)


@pytest.fixture
def pubmed_file(tmp_path: Path) -> Path:
    """Write a small PubMed XML file with records on and off the topics."""
    path = tmp_path / "sample.xml"
    path.write_bytes(article_set([c.xml() for c in CITATIONS]))
    return path
