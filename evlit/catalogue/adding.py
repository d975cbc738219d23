"""A new product file, composed from what a person says and checked before it counts."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evlit.catalogue import Catalogue, load_catalogue
from evlit.catalogue.fields import KEY
from evlit.errors import CatalogueError, UsageError
from evlit.records import Product


@dataclass(frozen=True)
class NewProduct:
    """What is known of a product that is to be added; empty = not stated."""

    name: str
    key: str = ""
    aliases: Sequence[str] = ()
    descriptions: Sequence[str] = ()
    """Names that describe a kind: they count only beside the maker or a trial id."""
    context: Sequence[str] = ()
    """Words one of which must stand beside the name, where it is an ordinary word."""
    maker: str = ""
    maker_names: Sequence[str] = ()
    institution: bool = False
    """The maker is a hospital or university, whose name says nothing of the product."""
    intervention: str = ""
    source_kind: str = ""
    tissue: str = ""
    country: str = ""
    sold_as: str = ""
    lookalikes: Sequence[str] = ()
    trials: Sequence[str] = ()
    note: str = ""
    sources: Sequence[str] = ()


def key_of(name: str) -> str:
    """Return a key that fits an address: ``ASCE+ SRLV`` → ``asce-plus-srlv``; ``""`` = none."""
    plain = unicodedata.normalize("NFKD", name.replace("+", " plus ")).encode("ascii", "ignore")
    return "-".join(re.findall(r"[a-z0-9]+", plain.decode("ascii").casefold()))


def compose_product(new: NewProduct) -> str:
    """Return the text of a product file of status ``partial`` (identity only)."""
    return "\n".join(_lines(new)) + "\n"


def _lines(new: NewProduct) -> Iterator[str]:
    yield from _fields(
        key=new.key or key_of(new.name), name=new.name, status="partial", country=new.country,
        intervention=new.intervention, source_kind=new.source_kind, tissue=new.tissue,
        sold_as=new.sold_as, lookalikes=new.lookalikes, note=new.note, sources=new.sources,
    )  # fmt: skip
    if new.context:
        yield from _table("alias", text=new.name, match="context", context=new.context)
    for alias in new.aliases:
        yield from _table("alias", text=alias)
    for description in new.descriptions:
        yield from _table("alias", text=description, match="never_bare", ambiguous=True)
    if new.maker:
        yield from _table(
            "maker", name=new.maker, names=new.maker_names,
            distinct=False if new.institution else None, sources=new.sources,
        )  # fmt: skip
    for trial in new.trials:
        yield from _table("trial", trial_id=trial, checked="carried", sources=new.sources)


def _table(kind: str, /, **fields: object) -> Iterator[str]:
    yield from ("", f"[[{kind}]]")
    yield from _fields(**fields)


def _fields(**fields: object) -> Iterator[str]:
    for key, value in fields.items():
        if value not in (None, "", (), []):
            yield f"{key} = {_written(value)}"


def _written(value: object) -> str:
    """Return a value as TOML writes it; a JSON string without controls is a TOML string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in value)
        return json.dumps(" ".join(shown.split()), ensure_ascii=False)
    assert isinstance(value, Sequence)
    return "[" + ", ".join(_written(str(v)) for v in value) + "]"


def save_product(new: NewProduct, folder: Path, catalogue: Catalogue) -> Product:
    """Write a product file into a folder of one's own and return the product as it was read.

    The whole catalogue is read with the new file before the file appears; a mistake leaves
    the folder as it was.

    :param folder: ``EVLIT_QUERIES``; made where it is not there yet
    :param catalogue: as it is now
    :raises CatalogueError: the file would be wrong: names the field
    :raises UsageError: the key is taken, or the name gives none
    """
    key = new.key or key_of(new.name)
    if not key:
        raise UsageError("--key", f"{new.name!r} has no letters a-z for one", "give --key")
    if not KEY.fullmatch(key):
        raise UsageError(f"--key {key}", "does not fit an address", "use a-z, 0-9, - and _")
    if any(product.key == key for product in catalogue.products):
        raise UsageError(f"--key {key}", "is a product already", "see `evlit products show`")
    text = compose_product(new)
    with tempfile.TemporaryDirectory() as place:
        trial = Path(place) / "queries"
        if folder.is_dir():
            shutil.copytree(folder, trial)
        target = trial / "products" / f"{key}.toml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        product = load_catalogue(overlay=trial).product(key)
    path = folder / "products" / f"{key}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)  # noqa: PTH105 - says that it replaces in one step
    except OSError as ex:
        raise CatalogueError(
            str(path), f"cannot be written: {ex.strerror}", "check the folder"
        ) from ex
    return product
