"""One request for a page: what was asked, the reader's language, addresses, the answer sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from datasette import Response

from evlit import __version__
from evlit.addresses import mask_addresses
from evlit.messages import language
from evlit.web.reading import Reader
from evlit.web.show import environment, query_string
from evlit.web.switches import Switches
from evlit.web.words import LANGUAGES, t

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of a server share."""

    reader: Reader
    switches: Switches
    base: str = "/"
    """Where the server's own root is (Datasette's ``base_url``)."""
    database: str = ""
    """Name of the store among Datasette's databases; ``""`` = none is attached."""
    databases: tuple[str, ...] = ()
    static: str = ""
    """Mark of the static files' content, for addresses that change with it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, as plain values."""

    path: str
    args: Mapping[str, str]
    """First value of each parameter, ``""`` left out."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Named parts of the address."""
    asked_language: str = ""
    """``lang`` of the address, kept in links; ``""`` = the browser chose."""
    origin: str = ""
    """``https://host:port`` as the reader sees it, for links that leave the site with a file."""


class Pages:
    """Makes answers for one visit."""

    def __init__(self, site: Site, visit: Visit) -> None:
        self.site = site
        self.visit = visit

    def url(self, path: str, **values: object) -> str:
        """Return the address of a page of this server; keeps the language that was asked for."""
        if self.visit.asked_language and "lang" not in values:
            values["lang"] = self.visit.asked_language
        return self.site.base.rstrip("/") + path + query_string(values)

    def full_url(self, path: str, **values: object) -> str:
        """Return the whole address of a page of this server, its host as the reader sees it."""
        return self.visit.origin + self.url(path, **values)

    def static(self, name: str) -> str:
        """Return the address of a static file."""
        base = self.site.base.rstrip("/")
        return f"{base}/-/static-plugins/evlit/{name}?v={self.site.static}"

    def page(self, template: str, /, *, code: int = 200, **values: Any) -> Response:
        """Return a page of HTML."""
        values = {"robots": "", "feed": "", "description": ""} | values
        languages = [
            (code, self.url(self.visit.path, **dict(self.visit.args) | {"lang": code}))
            for code in LANGUAGES
        ]
        html = environment().get_template(template).render(
            url=self.url, static=self.static, site=self.site, visit=self.visit,
            lang=language(), languages=languages, version=__version__, **values,
        )  # fmt: skip
        headers = {"content-language": language()}
        if values["robots"]:
            headers["x-robots-tag"] = values["robots"]
        return Response.html(html, status=code, headers=headers)

    def problem(self, code: int, what: str, remedy: str = "") -> Response:
        """Return a page (or JSON, where JSON was asked for) that says what is wrong and what to
        do next."""
        if self.visit.parts.get("format") == "json":
            return self.json({"ok": False, "error": what, "remedy": remedy}, code)
        return self.page(
            "problem.html", code=code, title=t(f"problem.t{code}"), what=what,
            remedy=remedy, robots="noindex",
        )  # fmt: skip

    def json(self, value: Any, code: int = 200) -> Response:
        """Return JSON for programs."""
        body = mask_addresses(json.dumps(value, ensure_ascii=False, indent=1))
        return Response(body, code, {"x-robots-tag": "noindex"}, JSON_TYPE)

    def file(self, body: str | bytes, content_type: str, name: str = "") -> Response:
        """Return a file; with a name the browser saves it."""
        headers = {"x-robots-tag": "noindex"}
        if name:
            headers["content-disposition"] = f'attachment; filename="{name}"'
        return Response(body, headers=headers, content_type=content_type)
