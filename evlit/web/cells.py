"""Cells of Datasette's tables for people: lists as words, keys as links, long text folded."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from evlit.answer import indications
from evlit.web.show import clean, safe_link

LONG = 160
_NONE = Markup('<span class="evlit-none">–</span>')


def cell(value: Any, column: str, base: str) -> Markup | None:
    """Return a cell's markup, None where Datasette's own is good.

    :param base: where the server's own root is, ending in a slash
    """
    if value is None or value in ("", "[]"):
        return _NONE
    if column == "pmid" and isinstance(value, int):
        return Markup('<a href="{0}evlit/record/{1}">{1}</a>').format(base, value)
    return _words(value, column, base) if isinstance(value, str) else None


def _words(value: str, column: str, base: str) -> Markup | None:
    if value.startswith("[") and (items := _strings(value)):
        if column in ("products", "also_named"):
            return _products(items, base)
        return _conditions(items) if column == "indications" else _shown(", ".join(items))
    if column == "indication":
        return _conditions([value])
    if column == "product":
        return _products([value], base)
    if column == "url" and safe_link(value):
        return Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(value)
    return _shown(value)


def _strings(value: str) -> list[str]:
    try:
        items = json.loads(value)
    except ValueError:
        return []
    good = isinstance(items, list) and all(isinstance(i, str) for i in items)
    return items if good else []


def _products(keys: list[str], base: str) -> Markup:
    links = (Markup('<a href="{0}evlit/product/{1}">{1}</a>').format(base, k) for k in keys)
    return Markup(", ").join(links)


def _conditions(keys: list[str]) -> Markup:
    """Return conditions in words; the key, by which one filters, stands in the title."""
    names = indications.names()
    word = Markup('<span title="{}">{}</span>')
    return Markup(", ").join(word.format(k, indications.name(k) if k in names else k) for k in keys)


def _shown(text: str) -> Markup:
    shown = clean(text)
    if len(shown) > LONG:
        return Markup('<span class="evlit-long" tabindex="0">{}</span>').format(shown)
    return Markup("{}").format(shown)


MAIN_COLUMNS = urlencode(
    [("_col", name) for name in (
        "pmid", "title", "year", "design", "given", "clinical_kind", "intervention",
        "source_kind", "indications", "participants", "safety", "products", "retracted",
    )]
)  # fmt: skip
"""What most readers of ``evidence`` look for, as parameters of its address."""

_QUESTION = (
    ("Custom SQL query returning ", ""), ("Custom SQL query", "Nothing yet"),
    ("<h3>Query parameters</h3>", ""), ('value="Run SQL"', 'value="Show"'),
    ('">show</a>', '">show the SQL</a>'), ('">hide</a>', '">hide the SQL</a>'),
)  # fmt: skip


def as_question(content: str) -> Markup:
    """Return the page of a canned query in the words of a question, not of SQL."""
    text = str(content)
    for old, new in _QUESTION:
        text = text.replace(old, new, 1)
    return Markup(text)  # noqa: S704 - Datasette escaped it


_LABELS = (
    ('<select name="_filter_column', '<select aria-label="Column" name="_filter_column'),
    ('<select name="_filter_op', '<select aria-label="How to compare" name="_filter_op'),
    ('<input type="text" name="_filter_value', '<input type="text" aria-label="Value" '
     'name="_filter_value'),
    ('<select name="_sort"', '<select aria-label="Sort by" name="_sort"'),
)  # fmt: skip
_COLUMNS = re.compile(r'<dl class="column-descriptions">.*?</dl>', re.DOTALL)


def label_filters(content: str) -> Markup:
    """Return a page of a table with labels on its filters and the columns' meaning folded.

    Datasette's template has no block for them; a text that is not found stays as it is.
    """
    text = str(content)
    for old, new in _LABELS:
        text = text.replace(old, new)
    folded = (
        r'<details class="evlit-columns"><summary>What the columns mean</summary>\g<0></details>'
    )
    return Markup(_COLUMNS.sub(folded, text, count=1))  # noqa: S704 - Datasette escaped it
