"""Reads one TOML table field by field; every mistake names file, field and remedy."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from evlit.errors import CatalogueError

TRIAL_ID = re.compile(
    r"NCT\d{8}|IRCT\d{8,14}N\d{1,3}|ACTRN\d{14}p?|ISRCTN\d{8}|ChiCTR(?:-[A-Z]{2,4}-)?\d{8,10}"
    r"|20\d\d-\d{6}-\d\d(?:-\d\d)?|jRCTs?\d{9,10}|UMIN\d{9}|JapicCTI-\d{6}|JMA-IIA\d{5}"
    r"|KCT\d{7}|DRKS\d{8}|CTRI/20\d\d/\d\d/\d{6}|PACTR\d{15,16}|NTR\d{3,5}|NL-?OMON\d{4,5}"
    r"|RBR-[0-9a-z]{5,8}|PER-\d{3}-\d\d|RPCEC\d{8}|SLCTR/20\d\d/\d{3}|TCTR\d{11}"
)
"""Registry ids whose form is known."""

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMCID = re.compile(r"PMC\d{5,9}")
_URL = re.compile(r"https?://[^\s/$.?#]+[.:][^\s<>\"{}|\\^`]+")
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")

SOURCE_REMEDY = "add the address of a page that says so"


class Table:
    """One TOML table and where it stands; :meth:`done` refuses what nobody asked for."""

    __slots__ = ("_asked", "_data", "where")

    def __init__(self, where: str, data: dict[str, Any]) -> None:
        self.where = where
        self._data = data
        self._asked: set[str] = set()

    def error(self, key: str, what: str, remedy: str) -> CatalogueError:
        """Return the error for a field of this table, to be raised by the caller."""
        return CatalogueError(f"{self.where}{key}", what, remedy)

    def done(self) -> None:
        """Refuse keys that no reader asked for.

        :raises CatalogueError: names the first unknown key and the known ones
        """
        for key in self._data:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                raise self.error(key, "unknown field", f"remove it, or use one of: {known}")

    def has(self, key: str) -> bool:
        """Return whether the file gives this field."""
        return key in self._data

    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that the file gives."""
        return tuple(self._data)

    def text(self, key: str, *, required: bool = False) -> str:
        """Return a string, white space folded at the ends; "" where it is absent."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is None:
            if required:
                raise self.error(key, "missing", f'add {key} = "…"')
            return ""
        if not isinstance(value, str):
            raise self.error(key, f"should be text, is {_kind(value)}", 'put it in quotes: "…"')
        value = value.strip()
        if not value:
            raise self.error(key, "is empty", "write it or remove the line")
        return value

    def choice(self, key: str, values: tuple[str, ...], default: str | None = None) -> str:
        """Return one of ``values``; ``default`` where absent (None = required)."""
        value = self.text(key, required=default is None)
        if not value:
            return default or ""
        if value not in values:
            allowed = ", ".join(v for v in values if v)
            raise self.error(key, f"'{value}' is not a value of this field", f"use {allowed}")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        self._asked.add(key)
        value = self._data.get(key, default)
        if not isinstance(value, bool):
            raise self.error(
                key, f"should be true or false, is {_kind(value)}", "write true or false"
            )
        return value

    def number(self, key: str, low: int, high: int) -> int | None:
        """Return a whole number within bounds; None where absent."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(
                key, f"should be a whole number, is {_kind(value)}", "write digits only"
            )
        if not low <= value <= high:
            raise self.error(key, f"{value} is out of range", f"expected {low} to {high}")
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of non-empty strings, no string twice."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is None and not required:
            return ()
        if not isinstance(value, list):
            raise self.error(key, f"should be a list, is {_kind(value)}", 'write ["one", "two"]')
        for i, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                raise self.error(f"{key}[{i}]", f"not a text: {item!r}", "write it or remove it")
        if len(set(value)) != len(value):
            twice = next(v for v in value if value.count(v) > 1)
            raise self.error(key, f"'{twice}' stands twice", "remove one")
        return tuple(v.strip() for v in value)

    def sources(self) -> tuple[str, ...]:
        """Return the addresses under ``sources``; at least one."""
        urls = self.texts("sources", required=True) if self.has("sources") else ()
        if not urls:
            raise self.error("sources", "missing", SOURCE_REMEDY)
        for i, url in enumerate(urls):
            if not _URL.fullmatch(url):
                raise self.error(f"sources[{i}]", f"not a web address: {url!r}", "write https://…")
        return urls

    def tables(self, key: str) -> list[Table]:
        """Return the tables of ``[[key]]``, in the order of the file."""
        self._asked.add(key)
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.error(
                key, f"should be [[{key}]] tables", f"start each with a line [[{key}]]"
            )
        return [Table(f"{self.where}{key}[{i}].", v) for i, v in enumerate(value)]

    def table(self, key: str) -> Table | None:
        """Return the table ``[key]``; None where absent."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.error(key, f"should be a table, is {_kind(value)}", f"start it with [{key}]")
        return Table(f"{self.where}{key}.", value)

    def key(self, stem: str) -> str:
        """Return ``key``, which must be the file's name and fit an address."""
        value = self.text("key", required=True)
        if not KEY.fullmatch(value):
            raise self.error("key", f"'{value}' does not fit an address", "use a-z, 0-9, - and _")
        if value != stem:
            raise self.error("key", f"'{value}' is not the name of the file", f"write '{stem}'")
        return value

    def iso_date(self, key: str, *, required: bool = False) -> str:
        """Return an ISO date with the precision given (2024, 2024-05, 2024-05-17)."""
        value = self.text(key, required=required)
        if value and not _is_date(value):
            raise self.error(key, f"not a date: '{value}'", "write 2024-05-17, 2024-05 or 2024")
        return value

    def pmid(self, key: str) -> int | None:
        """Return a PubMed id."""
        return self.number(key, 1, 99_999_999)

    def doi(self, key: str) -> str:
        """Return a DOI, lower case, without resolver."""
        return self._shaped(key, _DOI, "a DOI", "write it bare, as in 10.1000/xyz").lower()

    def pmcid(self, key: str) -> str:
        """Return a PubMed Central id."""
        return self._shaped(key, _PMCID, "a PMC id", "write it as in PMC1234567")

    def country(self, key: str) -> str:
        """Return an ISO 3166 country code."""
        return self._shaped(key, _COUNTRY, "a country code", "write two capitals, as in KR")

    def trial_id(self, key: str) -> str:
        """Return a registry id of a known form; "" where absent."""
        return self._shaped(key, TRIAL_ID, "a registry id", "write it as in NCT01234567")

    def trial_ids(self, key: str) -> tuple[str, ...]:
        """Return a list of registry ids."""
        ids = self.texts(key)
        for i, value in enumerate(ids):
            if not TRIAL_ID.fullmatch(value):
                what = f"not a registry id: '{value}'"
                raise self.error(f"{key}[{i}]", what, "write it as in NCT01234567")
        return ids

    def _shaped(self, key: str, shape: re.Pattern[str], what: str, remedy: str) -> str:
        value = self.text(key)
        if value and not shape.fullmatch(value):
            raise self.error(key, f"not {what}: '{value}'", remedy)
        return value


def _is_date(value: str) -> bool:
    match = _DATE.fullmatch(value)
    if not match:
        return False
    year, month, day = (int(g) if g else 1 for g in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1900 <= year <= 2100


def _kind(value: object) -> str:
    """Return what a TOML value is, in words."""
    names = {
        bool: "true or false", int: "a number", float: "a number", str: "text",
        list: "a list", dict: "a table", type(None): "missing",
    }  # fmt: skip
    return names.get(type(value), "a date")
