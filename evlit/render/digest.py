"""The news since a day, as text and as one HTML page, for a mail that cron sends."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from html import escape

from evlit.messages import language, say, series, word
from evlit.records import News, NewsItem
from evlit.render.page import clean

WIDTH = 78


def digest_text(news: News) -> str:
    """Return the news as plain text, 78 columns."""
    parts = [_fill(text) for text in _head(news)]
    for name, items in _groups(news):
        parts += ["", f"{name} ({len(items)})"]
        for item in items:
            parts += [
                "",
                _fill(item.head, 2),
                *(_fill(t, 4) for t in _body(item)),
                f"    {item.url}",
            ]
    parts += [_fill(say("digest.more", n=news.field_left), 2)] if news.field_left else []
    parts += ["", *(_fill(text) for text in _foot(news))]
    return "\n".join(parts) + "\n"


def digest_html(news: News) -> str:
    """Return the news as an HTML document of its own; nothing in it is loaded from elsewhere."""
    title = escape(say("digest.title", since=clean(news.since)))
    body = [f"<h1>{title}</h1>", *(_p(text) for text in _head(news))]
    for name, items in _groups(news):
        body += [f"<h2>{escape(name)} ({len(items)})</h2>", "<ul>", *map(_li, items), "</ul>"]
    body += [_p(say("digest.more", n=news.field_left))] if news.field_left else []
    body += [_p(text) for text in _foot(news)]
    return (
        f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n"
        "<style>body{font-family:sans-serif;max-width:45em;margin:1em auto;line-height:1.4}"
        "li{margin-bottom:.8em}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _head(news: News) -> list[str]:
    parts = [say("digest.intro", since=clean(news.since))]
    return parts if news.groups else [*parts, say("digest.nothing")]


def _groups(news: News) -> Iterator[tuple[str, Sequence[NewsItem]]]:
    for name, items in news.groups:
        yield clean(name), items
    if news.field:
        yield say("digest.field"), news.field


def _body(item: NewsItem) -> list[str]:
    return [text for text in (clean(item.title), clean(item.text)) if text]


def _foot(news: News) -> list[str]:
    parts = []
    if news.counts:
        told = [say("digest.of_tier", tier=word("tier", t).lower(), n=n) for t, n in news.counts]
        parts.append(say("digest.counts", counts=series(told)))
    if news.searched:
        parts.append(say("digest.searched", date=news.searched[:10]))
    else:
        parts.append(say("digest.not_searched"))
    return [*parts, say("digest.meaning")]


def _fill(text: str, indent: int = 0) -> str:
    pad = " " * indent
    return textwrap.fill(clean(text), WIDTH, initial_indent=pad, subsequent_indent=pad)


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _li(item: NewsItem) -> str:
    lines = [f'<a href="{escape(item.url)}">{escape(clean(item.head))}</a>']
    lines += [escape(text) for text in _body(item)]
    return f"<li>{'<br>'.join(lines)}</li>"
