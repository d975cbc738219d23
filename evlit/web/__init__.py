"""The Datasette plugin: pages of answers beside the database's own pages.

Only hooks stand here, those that Datasette 0.65 and 1.0 both have. Each page is a plain
function of a :class:`~evlit.web.site.Pages` and an open store, called in a thread.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from datasette import Response, hookimpl

from evlit.errors import EvlitError, UsageError
from evlit.store import Store
from evlit.web import answers, explore, safety, welcome
from evlit.web.cells import MAIN_COLUMNS, as_question, cell, label_filters
from evlit.web.metadata import RULES, fresh, metadata_for
from evlit.web.reading import Reader, is_store
from evlit.web.safety import Guard, may, robots, withhold
from evlit.web.show import clean
from evlit.web.site import Pages, Site, Visit
from evlit.web.switches import Switches, apply_settings, read_switches
from evlit.web.words import LANGUAGES, choose_language, t, use_language

View = Callable[[Pages, Store], Response]
log = logging.getLogger("evlit.web")

ROUTES: dict[str, View] = {
    r"^/$": welcome.home,
    r"^/evlit/search(?:\.(?P<format>json|csv|ris|atom))?$": answers.search,
    r"^/evlit/product/(?P<key>[^/]+?)(?:\.(?P<format>json|csv|ris|atom))?$": answers.product_page,
    r"^/evlit/products$": explore.catalogue_page,
    r"^/evlit/record/(?P<pmid>[0-9]{1,9})$": explore.record_page,
    r"^/evlit/map(?:\.(?P<format>svg|png))?$": explore.gap_map,
    r"^/evlit/timeline(?:\.(?P<format>svg|png))?$": explore.timeline,
    r"^/evlit/list$": explore.record_list,
    r"^/evlit/questions$": welcome.questions,
    r"^/evlit/about$": welcome.about,
    r"^/evlit/status(?:\.(?P<format>json))?$": explore.status_page,
}
"""Address → page."""


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    routes = [(address, _view(page)) for address, page in ROUTES.items()]
    return [*routes, (r"^/robots\.txt$", _robots)]


@hookimpl
def startup(datasette: Any) -> None:
    apply_settings(datasette._settings, switches_of(datasette))
    safety.quiet_errors()
    site_of(datasette)


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    if not switches_of(datasette).private:
        withhold(conn)


@hookimpl(trylast=True)
def permission_allowed(datasette: Any, actor: Any, action: str, resource: Any) -> bool | None:
    # Last of all: Datasette 0.65 takes the last opinion, and this one is not to be outvoted.
    return may(action, switches_of(datasette))


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    base = str(datasette.setting("base_url"))
    return lambda app: Guard(app, switches_of(datasette), base)


@hookimpl(optionalhook=True)
def get_metadata(datasette: Any, key: str | None, database: str | None) -> dict[str, Any]:
    # Datasette 0.65 only: so that ``datasette evlit.db`` alone shows the same words. It asks
    # some hundred times a page, mostly for rules that no file of ours holds, and writes into
    # what it gets.
    return {} if key in RULES else fresh(metadata_for(_store_of(datasette)[0]))


@hookimpl
def render_cell(value: Any, column: str, database: str | None, datasette: Any) -> Any:
    if database != site_of(datasette).database:
        return None
    return cell(value, column, str(datasette.setting("base_url")))


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    env.filters |= {"evlit_labels": label_filters, "evlit_question": as_question}
    env.globals["evlit_main_columns"] = MAIN_COLUMNS


@hookimpl
def extra_css_urls(datasette: Any) -> list[str]:
    return [f"/-/static-plugins/evlit/data.css?v={_static_mark()}"]


# --------------------------------------------------------------------------- helpers


def switches_of(datasette: Any) -> Switches:
    """Return the switches of a server, read once."""
    found: Switches | None = getattr(datasette, "_evlit_switches", None)
    if found is None:
        found = read_switches(datasette.plugin_config("evlit"))
        datasette._evlit_switches = found
    return found


def site_of(datasette: Any) -> Site:
    """Return what the pages of a server share: made once."""
    found: Site | None = getattr(datasette, "_evlit_site", None)
    if found is None:
        name, path = _store_of(datasette)
        found = Site(
            reader=Reader(Path(path) if path else None),
            switches=switches_of(datasette),
            base=str(datasette.setting("base_url")),
            database=name,
            databases=tuple(n for n in datasette.databases if not n.startswith("_")),
            static=_static_mark(),
        )
        datasette._evlit_site = found
    return found


def _store_of(datasette: Any) -> tuple[str, str]:
    """Return name and path of the first attached database that is an evlit store; looked for
    once."""
    found: tuple[str, str] | None = getattr(datasette, "_evlit_store", None)
    if found is None:
        stores = ((n, d.path) for n, d in datasette.databases.items() if is_store(d.path))
        found = datasette._evlit_store = next(stores, ("", ""))
    return found


@lru_cache(maxsize=1)
def _static_mark() -> str:
    """Return a mark of the static files' content."""
    folder = files("evlit.web") / "static"
    content = b"".join(f.read_bytes() for f in sorted(folder.iterdir(), key=lambda f: f.name))
    return hashlib.sha256(content).hexdigest()[:10]


def _view(page: View) -> Callable[..., Awaitable[Response]]:
    """Return a Datasette view that makes a page in a thread."""

    async def view(request: Any, datasette: Any) -> Response:
        site = site_of(datasette)
        visit = _visit(request, site.base, datasette.absolute_url(request, "/"))
        language = choose_language(
            visit.asked_language, request.headers.get("accept-language") or ""
        )
        pages = Pages(site, visit)
        with use_language(language):
            if request.method not in ("GET", "HEAD"):
                return pages.problem(405, t("problem.method"))
            return await _made(pages, page)

    return view


async def _made(pages: Pages, page: View) -> Response:
    """Return the page, or one that says what went wrong without telling of the machine."""
    try:
        return await pages.site.reader.run(lambda store: page(pages, store))
    except UsageError as error:
        return pages.problem(400, error.what, error.remedy)
    except (EvlitError, sqlite3.Error):
        log.exception("%s cannot be shown", pages.visit.path)
        return pages.problem(503, t("problem.store"), t("problem.later"))
    except Exception:
        log.exception("%s failed", pages.visit.path)
        return pages.problem(500, t("problem.fault"), t("problem.later"))


def _visit(request: Any, base: str, root: str) -> Visit:
    path = "/" + str(request.path).removeprefix(base.rstrip("/")).lstrip("/")
    given = {key: request.args.get(key) for key in request.args}
    args = {k: v[:400] for k, v in given.items() if v and k != "lang" and k in _PARAMETERS}
    parts = {k: unquote(v) for k, v in (request.url_vars or {}).items() if v}
    asked = request.args.get("lang") or ""
    asked = asked if asked in LANGUAGES else ""
    return Visit(path, args, parts, asked, clean(root).rstrip("/"))


_PARAMETERS = frozenset(
    {"q", "for", "maker", "since", "tier", "page", "source", "preparation", "product", "from",
     "to", "indication", "narrow"}
)  # fmt: skip
"""Parameters that pages read; others are dropped and never repeated in links."""


async def _robots(request: Any, datasette: Any) -> Response:
    site = site_of(datasette)
    return Response.text(robots(site.base, list(site.databases)))


__all__ = ["ROUTES", "safety", "site_of", "switches_of"]
