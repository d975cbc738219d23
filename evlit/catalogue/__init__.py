"""``queries/`` → topics, products, and the studies that belong to no product.

::

    queries/blocks.toml       parts of terms, with the local matcher's further words
    queries/topics/KEY.toml   a saved PubMed query
    queries/products/KEY.toml one product: names, makers, facts, studies, trials, notices
    queries/class/*.toml      studies and trials that belong to no nameable product

A user's own folder (``EVLIT_QUERIES``) is laid over it: the same file name replaces the
shipped file, a new one adds. ``queries/README.md`` tells curators what a field means.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evlit.catalogue.compiled import load_compiled, save_compiled
from evlit.catalogue.fields import Table
from evlit.catalogue.matcher import matches_topic, matching_topics
from evlit.catalogue.products import fold_name, is_bare, read_product
from evlit.catalogue.studies import Negative, read_negative, read_study, read_trial
from evlit.catalogue.terms import fold
from evlit.catalogue.topics import Blocks, read_blocks, read_topic
from evlit.errors import CatalogueError
from evlit.records import CuratedStudy, Product, Topic, Trial
from evlit.settings import cache_folder

OVERLAY_VARIABLE = "EVLIT_QUERIES"
FOLDERS = ("topics", "products", "class")

__all__ = [
    "Catalogue",
    "Negative",
    "fold_name",
    "indication_keys",
    "load_catalogue",
    "matches_topic",
    "matching_topics",
    "shipped_folder",
]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is asked and all that curators know, as one unchanging value."""

    topics: tuple[Topic, ...]
    """By key."""
    products: tuple[Product, ...]
    """By key."""
    external: tuple[CuratedStudy, ...] = ()
    """Studies that belong to no product: evidence for the class."""
    trials_without_product: tuple[Trial, ...] = ()
    negatives: tuple[Negative, ...] = ()
    version: str = ""
    """Hash of all files, 16 hex digits: a mention or tag of another version is due again."""
    _by_key: dict[str, Product] = field(default_factory=dict, repr=False, compare=False)

    def product(self, key: str) -> Product:
        """Return a product by its key.

        :raises KeyError: there is none
        """
        return self._by_key[key]

    def topic(self, key: str) -> Topic:
        """Return a topic by its key.

        :raises KeyError: there is none
        """
        for topic in self.topics:
            if topic.key == key:
                return topic
        raise KeyError(key)

    def by_maker(self, name: str) -> tuple[Product, ...]:
        """Return the products of a maker under any of its names, case folded; () = none."""
        wanted = fold(name)
        return tuple(
            p
            for p in self.products
            if any(wanted == fold(n) for m in p.makers for n in (m.name, *m.names))
        )


def shipped_folder(package: Path | None = None) -> Path:
    """Return the catalogue that came with evlit: of the wheel, else of the checkout.

    :param package: folder of the package ``evlit`` (for tests)
    :raises CatalogueError: neither is there
    """
    package = package or Path(__file__).parent.parent
    for folder in (package / "_data" / "queries", package.parent / "queries"):
        if (folder / "blocks.toml").is_file():
            return folder
    raise CatalogueError(
        "queries/", f"the catalogue is missing beside {package}", "install evlit again"
    )


def load_catalogue(folder: Path | None = None, overlay: Path | None = None) -> Catalogue:
    """Read the catalogue.

    :param folder: the shipped one by default
    :param overlay: laid over it; by default ``EVLIT_QUERIES``, where ``folder`` is not given
    :raises CatalogueError: names file, field and remedy of the first mistake
    """
    cache = cache_folder(os.environ) if folder is None else None
    if overlay is None and folder is None and os.environ.get(OVERLAY_VARIABLE):
        overlay = Path(os.environ[OVERLAY_VARIABLE]).expanduser()
    files = _find_files(folder or shipped_folder())
    if overlay is not None:
        if not overlay.is_dir():
            what = f"there is no folder {overlay}"
            raise CatalogueError(OVERLAY_VARIABLE, what, "create it or unset the variable")
        files |= _find_files(overlay)
    contents = {name: _read_bytes(name, path) for name, path in sorted(files.items())}
    version = hashlib.sha256()
    for name, content in contents.items():
        version.update(f"{name}\0{len(content)}\0".encode() + content)
    return _compiled(contents, version.hexdigest(), cache)


def _compiled(contents: dict[str, bytes], version: str, cache: Path | None) -> Catalogue:
    """Return the catalogue of these contents, as it was read last time where it is kept."""
    found = load_compiled(cache, version) if cache else None
    if isinstance(found, Catalogue):
        return found
    tables = {name: _parse(name, content) for name, content in contents.items()}
    catalogue = _build(tables, version[:16])
    if cache:
        save_compiled(cache, version, catalogue)
    return catalogue


def _find_files(folder: Path) -> dict[str, Path]:
    """Return the TOML files of a folder by their name below it, ``products/exoflo.toml``."""
    found = {}
    for path in folder.rglob("*.toml"):
        name = path.relative_to(folder).as_posix()
        if name.startswith(".") or "/." in name:
            continue  # an editor's or a version control's own files
        place = name.rpartition("/")[0]
        if place not in FOLDERS and name != "blocks.toml":
            raise CatalogueError(
                name, "no part of the catalogue", "move it to topics/, products/ or class/"
            )
        found[name] = path
    return found


def _read_bytes(name: str, path: Path) -> bytes:
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise CatalogueError(name, "is a folder, a pipe or a device", "put a file in its place")
    try:
        return path.read_bytes()
    except OSError as ex:
        raise CatalogueError(name, f"cannot be read: {ex.strerror}", "check the file") from ex


def _parse(name: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as ex:
        raise CatalogueError(name, f"is not UTF-8 (byte {ex.start})", "save it as UTF-8") from ex
    except tomllib.TOMLDecodeError as ex:
        raise CatalogueError(name, f"is not TOML: {ex}", "mend the line named") from ex


def _build(tables: dict[str, dict[str, Any]], version: str) -> Catalogue:
    blocks = read_blocks("blocks.toml", tables.pop("blocks.toml", {}))
    indications = indication_keys()
    products = tuple(
        read_product(name, stem, data, blocks.terms, indications)
        for name, stem, data in _in_folder(tables, "products")
    )
    _refuse_shared_names(products)
    blocks = blocks.with_products([a.text for p in products for a in p.aliases if is_bare(a)])
    topics = _read_topics(tables, blocks)
    studies, trials, negatives = _read_class(tables, indications)
    _refuse_shared_trials(products, trials)
    _refuse_shared_studies(products, studies)
    return Catalogue(
        topics, products, studies, trials, negatives, version, {p.key: p for p in products}
    )


def _in_folder(
    tables: dict[str, dict[str, Any]], folder: str
) -> Iterable[tuple[str, str, dict[str, Any]]]:
    for name, data in tables.items():
        if name.startswith(folder + "/"):
            yield name, name[len(folder) + 1 : -len(".toml")], data


def _read_topics(tables: dict[str, dict[str, Any]], blocks: Blocks) -> tuple[Topic, ...]:
    return tuple(read_topic(n, s, d, blocks) for n, s, d in _in_folder(tables, "topics"))


def _read_class(
    tables: dict[str, dict[str, Any]], indications: frozenset[str] | None
) -> tuple[tuple[CuratedStudy, ...], tuple[Trial, ...], tuple[Negative, ...]]:
    studies: list[CuratedStudy] = []
    trials: list[Trial] = []
    negatives: list[Negative] = []
    for name, _, data in _in_folder(tables, "class"):
        top = Table(f"{name}: ", data)
        studies += (
            read_study(t, of_product=False, indications=indications) for t in top.tables("study")
        )
        trials += (
            read_trial(t, of_product=False, indications=indications) for t in top.tables("trial")
        )
        negatives += (read_negative(t) for t in top.tables("negative"))
        top.done()
    return tuple(studies), tuple(trials), tuple(negatives)


def indication_keys() -> frozenset[str] | None:
    """Return the keys of the vocabulary; None where it is not there.

    Only the table lines are read: the file is large and this runs at every start.
    """
    path = Path(__file__).parent.parent / "vocabulary" / "indications.toml"
    if not path.is_file():
        return None
    return frozenset(re.findall(r"^\[([a-z0-9_]+)\]", path.read_text(encoding="utf-8"), re.M))


def _refuse_shared_names(products: Iterable[Product]) -> None:
    """A name may belong to two products only where typing it asks back."""
    seen: dict[str, tuple[Product, bool]] = {}
    for product in products:
        for alias in product.aliases:
            name = fold_name(alias.text)
            other = seen.setdefault(name, (product, alias.ambiguous))
            if other[0] is not product and not (alias.ambiguous and other[1]):
                raise CatalogueError(
                    f"{product.path}: alias",
                    f"'{alias.text}' is a name of {other[0].path} as well",
                    "remove it from one, or write ambiguous = true in both",
                )


def _refuse_shared_trials(products: Iterable[Product], others: Iterable[Trial]) -> None:
    owner: dict[str, str] = {}
    pairs = [(p.path, t) for p in products for t in p.trials]
    for path, trial in [*pairs, *(("class/", t) for t in others)]:
        for trial_id in (trial.trial_id, *trial.other_ids):
            if trial_id and owner.setdefault(trial_id, path) != path:
                raise CatalogueError(
                    f"{path}: trial",
                    f"{trial_id} belongs to {owner[trial_id]} already",
                    "keep it in one place",
                )


def _refuse_shared_studies(products: Iterable[Product], others: Iterable[CuratedStudy]) -> None:
    """A study is evidence for one product or for the class, never for both."""
    held = {i: p.path for p in products for s in p.studies for i in (s.pmid, s.doi) if i}
    for study in others:
        for identifier in (study.pmid, study.doi):
            if identifier and held.setdefault(identifier, "class/") != "class/":
                raise CatalogueError(
                    "class/: study",
                    f"{identifier} stands in {held[identifier]} already",
                    "keep it in one place",
                )
