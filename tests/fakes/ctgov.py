"""A loopback ClinicalTrials.gov API v2: ``/studies`` with paging, totals and loose matching.

Documented behaviour: a default page of ten studies; ``totalCount`` only on the first page and
only with ``countTotal=true``; ``nextPageToken`` absent on the last page; an unknown token, or a
parameter that does not exist, is 400 with plain text; ``fields`` keeps only what is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.fakes.clock import VirtualClock
from tests.fakes.public import Asked, PublicFake, as_json
from tests.fakes.replies import Reply

PARAMETERS = {
    "format", "query.term", "query.intr", "query.cond", "query.spons", "filter.ids",
    "filter.advanced", "fields", "countTotal", "pageSize", "pageToken", "sort",
}  # fmt: skip


def study(
    nct: str,
    title: str,
    *,
    interventions: Iterable[tuple[str, str]] = (("BIOLOGICAL", "a treatment"),),
    sponsor: str = "A University",
    collaborators: Iterable[str] = (),
    status: str = "RECRUITING",
    phases: Iterable[str] = ("PHASE1",),
    kind: str = "INTERVENTIONAL",
    posted: str = "2021-03-02",
    updated: str = "2026-10-01",
    results: str = "",
    count: int = 20,
    conditions: Iterable[str] = ("Some condition",),
    pmids: Iterable[tuple[str, str]] = (),
    summary: str = "A summary.",
    other_ids: Iterable[str] = (),
    aliases: Iterable[str] = (),
) -> dict[str, Any]:
    """A study in the registry's shape."""
    status_module: dict[str, Any] = {
        "overallStatus": status,
        "startDateStruct": {"date": "2021-04"},
        "completionDateStruct": {"date": "2023-05-31", "type": "ESTIMATED"},
        "studyFirstPostDateStruct": {"date": posted, "type": "ACTUAL"},
        "lastUpdatePostDateStruct": {"date": updated, "type": "ACTUAL"},
    }
    if results:
        status_module["resultsFirstPostDateStruct"] = {"date": results, "type": "ACTUAL"}
    if status in ("TERMINATED", "WITHDRAWN", "SUSPENDED"):
        status_module["whyStopped"] = "Business reasons"
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": nct, "nctIdAliases": list(aliases),
                "orgStudyIdInfo": {"id": f"ORG-{nct[-3:]}"}, "briefTitle": title,
                "officialTitle": f"{title}: a study",
                "secondaryIdInfos": [{"id": i, "type": "OTHER"} for i in other_ids],
            },
            "statusModule": status_module,
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": sponsor, "class": "INDUSTRY"},
                "collaborators": [{"name": c} for c in collaborators],
            },
            "descriptionModule": {"briefSummary": summary},
            "conditionsModule": {"conditions": list(conditions), "keywords": []},
            "designModule": {
                "studyType": kind, "phases": list(phases),
                "designInfo": {"allocation": "RANDOMIZED"},
                "enrollmentInfo": {"count": count, "type": "ESTIMATED"},
            },
            "armsInterventionsModule": {
                "interventions": [{"type": t, "name": n} for t, n in interventions]
            },
            "referencesModule": {"references": [{"pmid": p, "type": t} for p, t in pmids]},
        },
        "hasResults": bool(results),
    }  # fmt: skip


class FakeCtGov(PublicFake):
    """The registry and its studies."""

    base = "/api/v2/"

    def __init__(
        self, studies: Iterable[dict[str, Any]] = (), clock: VirtualClock | None = None
    ) -> None:
        super().__init__(clock)
        self.studies = {_id(s): s for s in studies}
        self.loose: set[str] = set()
        """Studies that every search finds: the registry's synonyms and stems."""
        self._tokens: dict[str, tuple[list[str], int]] = {}

    def put(self, *studies: dict[str, Any]) -> None:
        """Add studies, or replace those of the same number."""
        self.studies |= {_id(s): s for s in studies}

    def answer(self, asked: Asked) -> Reply:
        """``GET /studies``."""
        if asked.method != "GET" or asked.path != "/api/v2/studies":
            return Reply(b"Not Found", 404, "text/plain")
        if unknown := set(asked.params) - PARAMETERS:
            return Reply(f"unknown parameter `{min(unknown)}`".encode(), 400, "text/plain")
        return self._page(asked.params)

    def _page(self, params: dict[str, str]) -> Reply:
        size = min(int(params.get("pageSize", "10")), 1000)
        if token := params.get("pageToken"):
            if token not in self._tokens:
                return Reply(b"pageToken is invalid", 400, "text/plain")
            ids, start = self._tokens[token]
        else:
            ids, start = self._found(params), 0
        page: dict[str, Any] = {"studies": [self.studies[i] for i in ids[start : start + size]]}
        if params.get("countTotal") == "true" and not token:
            page["totalCount"] = len(ids)
        if start + size < len(ids):
            following = f"ZVNj7o2Elu8o3lpr{len(self._tokens):04d}"
            self._tokens[following] = (ids, start + size)
            page["nextPageToken"] = following
        return as_json(page)

    def _found(self, params: dict[str, str]) -> list[str]:
        wanted = [i for i in params.get("filter.ids", "").split(",") if i]
        found = [
            nct
            for nct, item in self.studies.items()
            if (not wanted or nct in wanted)
            and (nct in self.loose or _matches(params.get("query.term", ""), item))
            and (nct in self.loose or _matches(params.get("query.intr", ""), item))
            and _in_range(params.get("filter.advanced", ""), item)
        ]
        return sorted(found)


def _id(item: dict[str, Any]) -> str:
    return str(item["protocolSection"]["identificationModule"]["nctId"])


def _matches(query: str, item: dict[str, Any]) -> bool:
    """Words of an OR, without regard to case, signs or plurals: as loose as the registry."""
    if not query:
        return True
    protocol = item["protocolSection"]
    whole = re.sub(r"[^a-z0-9]+", " ", str(protocol).lower())
    sponsors = protocol["sponsorCollaboratorsModule"]
    for part in re.split(r"\s+OR\s+", query.replace("(", " ").replace(")", " ")):
        area = re.match(r"\s*AREA\[(\w+)\](.*)", part)
        words = re.sub(r"[^a-z0-9]+", " ", (area[2] if area else part).lower()).strip()
        if area and area[1] == "NCTId" and words.upper() == _id(item):
            return True
        if area and area[1] in ("LeadSponsorName", "CollaboratorName"):
            place = sponsors["leadSponsor" if area[1][0] == "L" else "collaborators"]
            if words in re.sub(r"[^a-z0-9]+", " ", str(place).lower()):
                return True
        if not area and words and f" {words.removesuffix('s')}" in whole:
            return True
    return False


def _in_range(advanced: str, item: dict[str, Any]) -> bool:
    match = re.fullmatch(r"AREA\[LastUpdatePostDate\]RANGE\[([\d-]+),MAX\]", advanced)
    if not match:
        return not advanced
    updated = item["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
    return str(updated) >= match[1]
