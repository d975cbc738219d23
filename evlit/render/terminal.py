"""An Answer for people at a terminal."""

from __future__ import annotations

from evlit.messages import say
from evlit.records import Answer


def to_terminal(
    answer: Answer,
    *,
    width: int = 80,
    color: bool = False,
    ascii_only: bool = False,
    explain: bool = False,
) -> str:
    """Return the answer as lines of at most ``width`` columns (40 at least), ending in a line feed.

    :param color: styles by escape sequences; off for files, pipes and NO_COLOR
    :param ascii_only: nothing but ASCII, for terminals that can show no more
    :param explain: why each report is on the list, queries and exclusions
    """
    from evlit.render.card import card  # noqa: PLC0415 - JSON and CSV need none of it

    return card(answer, width=width, color=color, ascii_only=ascii_only, explain=explain)


def patient_help() -> str:
    """Return the five questions to ask a clinic and where to report harm, as plain text."""
    questions = [f"{i}. {say(f'patient.q{i}')}" for i in range(1, 6)]
    places = [say(f"patient.r_{c}") for c in ("us", "jp", "uk", "eu", "kr", "any")]
    return "\n".join(
        [
            say("patient.title"), *questions, "",
            say("patient.report"), *(f"- {p}" for p in places), "",
            say("patient.limits"),
        ]
    )  # fmt: skip
