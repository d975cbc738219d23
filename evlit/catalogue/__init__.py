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
from pathlib import Path

from evlit.catalogue.compiled import load_compiled, save_compiled
from evlit.catalogue.values import Catalogue, Negative
from evlit.errors import CatalogueError
from evlit.kept import cache_folder

OVERLAY_VARIABLE = "EVLIT_QUERIES"
FOLDERS = ("topics", "products", "class")

__all__ = ["Catalogue", "Negative", "load_catalogue", "shipped_folder"]


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
    from evlit.catalogue.reading import read_catalogue  # noqa: PLC0415 - hardly ever needed

    catalogue = read_catalogue(contents, version[:16])
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
