"""A loopback openFDA: drug and device event reports, searched, sorted, counted.

Documented behaviour: ``search`` is an OR of ``field:"phrase"``, phrases match words without
case or signs, ``.exact`` fields match whole values; no match is 404 with a JSON error;
``limit`` defaults to one; ``count`` returns terms without a total.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.fakes.clock import VirtualClock
from tests.fakes.public import Asked, PublicFake, as_json
from tests.fakes.replies import Reply

META = {"disclaimer": "Do not rely on openFDA to make decisions.", "last_updated": "2026-10-30"}


def drug_report(name: str, *reactions: str, day: str = "20240131", maker: str = "") -> Any:
    """One FAERS report."""
    drug: dict[str, Any] = {"medicinalproduct": name}
    if maker:
        drug["openfda"] = {"manufacturer_name": [maker]}
    return {
        "receivedate": day,
        "patient": {"drug": [drug], "reaction": [{"reactionmeddrapt": r} for r in reactions]},
    }


def device_report(brand: str, maker: str, kind: str = "Injury", day: str = "20230607") -> Any:
    """One MAUDE report."""
    device = {"brand_name": brand, "generic_name": "MATRIX", "manufacturer_d_name": maker}
    return {"date_received": day, "event_type": kind, "device": [device]}


class FakeOpenFda(PublicFake):
    """Two datasets of reports."""

    def __init__(
        self,
        drug: Iterable[Any] = (),
        device: Iterable[Any] = (),
        clock: VirtualClock | None = None,
    ) -> None:
        super().__init__(clock)
        self.reports = {"drug": list(drug), "device": list(device)}

    def answer(self, asked: Asked) -> Reply:
        """``GET /drug/event.json``, ``GET /device/event.json``."""
        match = re.fullmatch(r"/(drug|device)/event\.json", asked.path)
        if not match:
            return _error(404, "NOT_FOUND", "Not found")
        params = asked.params
        found = [r for r in self.reports[match[1]] if _matches(params.get("search", ""), r)]
        if not found:
            return _error(404, "NOT_FOUND", "No matches found!")
        if field := params.get("count"):
            terms = Counter(v for r in found for v in set(_values(r, field.split("."))))
            if not terms:
                return _error(404, "NOT_FOUND", "Nothing to count")
            rows = [{"term": t, "count": n} for t, n in terms.most_common()]
            return as_json({"meta": META, "results": rows[: int(params.get("limit", "100"))]})
        if by := params.get("sort"):
            name = by.partition(":")[0]
            found = sorted(found, key=lambda r: str(r.get(name)), reverse=by.endswith(":desc"))
        limit = int(params.get("limit", "1"))
        meta = META | {"results": {"skip": 0, "limit": limit, "total": len(found)}}
        return as_json({"meta": meta, "results": found[:limit]})


def _error(status: int, code: str, message: str) -> Reply:
    return as_json({"error": {"code": code, "message": message}}, status)


def _matches(search: str, report: Any) -> bool:
    for field, phrase in re.findall(r'([\w.]+):"((?:[^"\\]|\\.)*)"', search):
        values = _values(report, field.split("."))
        wanted = re.sub(r"\\(.)", r"\1", phrase)
        if field.endswith(".exact"):
            if wanted in values:
                return True
        elif any(_words(wanted) in _words(v) for v in values):
            return True
    return False


def _values(node: Any, path: list[str]) -> list[str]:
    path = [p for p in path if p != "exact"]
    if isinstance(node, list):
        return [v for item in node for v in _values(item, path)]
    if not path:
        return [str(node)]
    return _values(node[path[0]], path[1:]) if isinstance(node, dict) and path[0] in node else []


def _words(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
