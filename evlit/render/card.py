"""The card: one answer, section by section, the verdict first."""

from __future__ import annotations

from evlit.messages import say
from evlit.records import Answer
from evlit.render import boxes, counts, lists
from evlit.render.layout import Span, columns
from evlit.render.page import Page, to_ascii
from evlit.render.words import identity_parts

CHOICES = 12


def card(answer: Answer, *, width: int, color: bool, ascii_only: bool, explain: bool) -> str:
    """Return the card as text; see :func:`evlit.render.to_terminal`."""
    page = Page(answer, width=max(width, 40), color=color, explain=explain, ascii_only=ascii_only)
    _print(page)
    return to_ascii(page.text()) if ascii_only else page.text()


def _print(page: Page) -> None:
    answer = page.answer
    identity(page)
    verdict(page)
    choices(page)
    if answer.product and any(answer.whole_counts):
        counts.counts(page)
    lists.reports(page)
    lists.listed(page)
    lists.trials(page)
    lists.notices(page)
    if answer.product and answer.counts.studied:
        boxes.composition(page)
        boxes.harms(page)
    else:
        boxes.event_reports(page)
    if answer.class_evidence:
        boxes.class_box(page, answer.class_evidence)
    elif answer.product:
        page.blank()
        page.line(say("class.no_class"))
    boxes.coverage(page)


def identity(page: Page) -> None:
    """Print name and status, maker, source and class."""
    answer = page.answer
    name = answer.product.name if answer.product else answer.question.typed
    name = name or answer.question.maker or answer.question.indication_name
    name, status = page.shown(name), page.shown(say(f"status.{answer.status}"))
    if columns(name) + 2 + columns(status) <= page.prose:
        page.put([[Span(f"{name}  ", "bold"), Span(status, "bold reverse")]])
    else:
        page.line(name, style="bold")
        page.line(status, style="bold reverse")
    if answer.product:
        page.line(" · ".join(identity_parts(answer.product)), style="dim")
        if answer.product.regulatory:
            page.line(f"{say('card.regulatory')}: {answer.product.regulatory.text}", style="dim")
    for flag in answer.flags:
        page.line(f"! {flag.text}", style="yellow", hang=2)


def verdict(page: Page) -> None:
    """Print the verdict and the warnings."""
    page.blank()
    page.line(page.answer.verdict, indent=2, style="bold")
    for told in page.answer.live:
        page.line(told, indent=2)
    for warning in page.answer.warnings:
        page.blank()
        page.line(f"{say('card.warning')}: {warning}", indent=2, style="yellow")


def choices(page: Page) -> None:
    """Print what may be meant, and near names."""
    for key, items in (
        ("choices", page.answer.choices),
        ("suggestions", page.answer.suggestions),
    ):
        if not items:
            continue
        by_product = key == "choices" and page.answer.status == "class_view"
        page.heading(say("card.by_product" if by_product else f"card.{key}"))
        for item in items[:CHOICES]:
            text = f"{item.name}: {item.why}" if key == "choices" else item.why
            page.line(text, indent=2, hang=4)
        page.more(len(items) - CHOICES)


def more(page: Page, left: int, indent: int = 2) -> None:
    """Say how many were not printed."""
    if left > 0:
        page.line(say("card.more", n=left), indent=indent, style="dim")
