"""The files' contents → the catalogue: what is done once for a content, see ``compiled``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evlit.catalogue.fields import Table
from evlit.catalogue.products import fold_name, is_bare, read_product
from evlit.catalogue.studies import read_negative, read_study, read_trial
from evlit.catalogue.topics import Blocks, read_blocks, read_topic
from evlit.catalogue.values import Catalogue, Negative
from evlit.errors import CatalogueError
from evlit.records import CuratedStudy, Product, Topic, Trial


def read_catalogue(contents: Mapping[str, bytes], version: str) -> Catalogue:
    """Return the catalogue of these contents by name (``products/exoflo.toml``).

    :raises CatalogueError: names file, field and remedy of the first mistake
    """
    return _build({name: _parse(name, content) for name, content in contents.items()}, version)


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
