"""The four public sources as a program: ``python -m tests.fakes.outside_tool``.

Serves invented trials, papers, letters and reports about real product names, and prints the
variables that lead evlit to them.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack

from tests.fakes.ctgov import FakeCtGov, study
from tests.fakes.europepmc import FakeEuropePmc, Paper
from tests.fakes.eutils_tool import SystemClock
from tests.fakes.fda import FakeFda, Letter
from tests.fakes.openfda import FakeOpenFda, device_report, drug_report
from tests.fakes.public import PublicFake


def sources() -> dict[str, PublicFake]:
    """Return the fakes by variable, each with something to find."""
    clock = SystemClock()
    trials = [
        study("NCT05354141", "Vesicles in ARDS", sponsor="Direct Biologics, LLC", count=970,
              conditions=["ARDS"], posted="2022-04-29"),
        study("NCT09999999", "ExoFlo in knees", interventions=[("BIOLOGICAL", "ExoFlo")],
              conditions=["Osteoarthritis"], posted="2025-02-01"),
        study("NCT09999998", "MSC exosomes in stroke", conditions=["Stroke"],
              interventions=[("BIOLOGICAL", "Mesenchymal stem cell exosomes")]),
    ]  # fmt: skip
    papers = [
        Paper("99000001", title="Knees", full_text="Some had received ExoFlo elsewhere."),
        Paper("99", "PPR", title="XoGlo in wounds", doi="10.1101/99", journal="medRxiv"),
    ]
    letters = [
        Letter("kimera-labs", "Kimera Labs, Inc.", "09/01/2023", "09/12/2023"),
        *(Letter(f"other-{n}", f"Other Company {n}") for n in range(30)),
    ]
    return {
        "EVLIT_CTGOV_URL": FakeCtGov(trials, clock),
        "EVLIT_EUROPEPMC_URL": FakeEuropePmc(papers, clock),
        "EVLIT_FDA_URL": FakeFda(letters, clock),
        "EVLIT_OPENFDA_URL": FakeOpenFda(
            [drug_report("EXOFLO", "Pyrexia")], [device_report("A", "KIMERA LABS")], clock
        ),
    }


def main() -> None:
    """Serve until interrupted."""
    with ExitStack() as stack:
        for name, fake in sources().items():
            stack.enter_context(fake)
            print(f"export {name}={fake.url}", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
