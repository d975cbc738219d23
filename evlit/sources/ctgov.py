"""ClinicalTrials.gov, API v2: registered trials by id, name, sponsor and kind of product.

Its search is fuzzy (stems, synonyms), so what it returns is only a candidate: the caller
compares names again. Paging is by ``nextPageToken``; the default page holds ten studies and
would cut a result silently, so the size is always sent, and the total is compared. No limit
is published; its robots file asks for one second between requests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from evlit.http.door import Door, Judge, Outcome, Verdict
from evlit.http.wire import Clock, Reply
from evlit.records import RegisteredTrial
from evlit.settings import Settings
from evlit.sources.public import (
    IncompleteError,
    LayoutError,
    at,
    changed,
    day_at,
    judge_json,
    list_at,
    number_at,
    open_public_door,
    pmid_of,
    quoted,
    text_at,
    texts_at,
)

SOURCE, NAME = "ctgov", "ClinicalTrials.gov"
SPACING = 1.0
PAGE = 200
MOST_PAGES = 100
IDS_AT_ONCE = 100
ATTEMPTS = 2
CLASS_QUERY = (
    'exosome OR exosomes OR "extracellular vesicle" OR "extracellular vesicles" OR secretome '
    'OR "conditioned medium" OR "conditioned media"'
)
"""What is asked for the class, in the registry's intervention search."""
FIELDS = (
    "NCTId", "NCTIdAlias", "OrgStudyId", "SecondaryId", "BriefTitle", "OfficialTitle", "Acronym",
    "OverallStatus", "WhyStopped", "StartDate", "CompletionDate", "StudyFirstPostDate",
    "ResultsFirstPostDate", "LastUpdatePostDate", "LeadSponsorName", "CollaboratorName",
    "BriefSummary", "Condition", "Keyword", "StudyType", "Phase", "DesignAllocation",
    "EnrollmentCount", "EnrollmentType", "InterventionType", "InterventionName",
    "InterventionDescription", "InterventionOtherName", "ReferencePMID", "ReferenceType",
    "HasResults",
)  # fmt: skip
_ID = re.compile(r"NCT\d{8}")
_PHASES = {
    "NA": "not applicable", "EARLY_PHASE1": "Early phase 1", "PHASE1": "Phase 1",
    "PHASE2": "Phase 2", "PHASE3": "Phase 3", "PHASE4": "Phase 4",
}  # fmt: skip


class Listing(NamedTuple):
    """All trials of a search, and how many the registry counted."""

    trials: tuple[RegisteredTrial, ...]
    counted: int
    asked: str


class CtGov:
    """The registry behind one door."""

    def __init__(self, door: Door, settings: Settings, page: int = PAGE) -> None:
        self._door = door
        self._url = f"{settings.ctgov_url}studies"
        self._page = page

    def of_product(self, term: str) -> Listing:
        """Return the trials that a term of ``product_term`` finds: candidates only."""
        return self._all({"query.term": term})

    def of_class(self, since: str = "") -> Listing:
        """Return trials of the kind; since a day (ISO) only those updated from then on."""
        return self._all({"query.intr": CLASS_QUERY} | _updated(since))

    def by_ids(self, ids: Sequence[str], since: str = "") -> Listing:
        """Return these trials; since a day (ISO) only those updated from then on."""
        known = [i for i in ids if _ID.fullmatch(i)]
        found, counted = list[RegisteredTrial](), 0
        left = iter(known)
        while batch := list(islice(left, IDS_AT_ONCE)):
            listing = self._all({"filter.ids": ",".join(batch)} | _updated(since))
            found += listing.trials
            counted += listing.counted
        return Listing(tuple(found), counted, f"filter.ids of {len(known)} trials")

    def _all(self, params: Mapping[str, str]) -> Listing:
        """Read all pages; where they do not add up, once more from the start.

        :raises IncompleteError: pages and count do not agree
        """
        asked = " AND ".join(params.values())
        for _ in range(ATTEMPTS):
            counted, trials = self._pages(params)
            if len(trials) >= counted:
                return Listing(tuple(trials.values()), counted, asked)
        raise IncompleteError(
            NAME,
            f"counted {counted} trials but handed out {len(trials)}",
            "nothing was taken from this search; the next run asks again",
        )

    def _pages(self, params: Mapping[str, str]) -> tuple[int, dict[str, RegisteredTrial]]:
        trials: dict[str, RegisteredTrial] = {}
        seen: set[str] = set()
        counted, token = 0, ""
        for _ in range(MOST_PAGES):
            value = self._ask(params, token)
            if not token:
                counted = number_at(value, "totalCount") or 0
            before = len(trials)
            trials |= {t.trial_id: t for t in parse_studies(value)}
            token = text_at(value, "nextPageToken")
            if not token or token in seen or len(trials) == before:
                break
            seen.add(token)
        return counted, trials

    def _ask(self, params: Mapping[str, str], token: str) -> Any:
        more = {"pageToken": token} if token else {"countTotal": "true"}
        page = {"format": "json", "pageSize": str(self._page), "fields": ",".join(FIELDS)}
        reply = self._door.get(self._url, {**params, **page, **more}, "studies", _judge(not token))
        return json.loads(reply.body)


def product_term(names: str, sponsors: Iterable[str], ids: Iterable[str]) -> str:
    """Return the term for a product: its names (a query), its maker as sponsor, its trials."""
    parts = [names] if names else []
    for sponsor in sponsors:
        parts.append(f"AREA[LeadSponsorName]{quoted(sponsor)}")
        parts.append(f"AREA[CollaboratorName]{quoted(sponsor)}")
    parts += [f"AREA[NCTId]{i}" for i in ids if _ID.fullmatch(i)]
    return " OR ".join(dict.fromkeys(parts))


def open_door(settings: Settings, clock: Clock | None = None) -> Door:
    """Return the way to the registry: one request a second."""
    return open_public_door(SOURCE, NAME, settings.ctgov_url, SPACING, settings, clock)


def _updated(since: str) -> dict[str, str]:
    return {"filter.advanced": f"AREA[LastUpdatePostDate]RANGE[{since},MAX]"} if since else {}


def _judge(first: bool) -> Judge:
    def check(value: Any) -> Verdict | None:
        if not isinstance(value.get("studies"), list):
            return changed(NAME, "no list of studies")
        if first and number_at(value, "totalCount") is None:
            return Verdict(Outcome.RETRY, "incomplete", "an answer without its count")
        return None

    def judge(reply: Reply) -> Verdict:
        return judge_json(reply, NAME, check)

    return judge


def parse_studies(value: Any) -> Iterator[RegisteredTrial]:
    """Yield the trials of one page.

    :raises LayoutError: a study without its id
    """
    for study in list_at(value, "studies"):
        yield _trial(study)


def _trial(study: Any) -> RegisteredTrial:
    protocol = at(study, "protocolSection")
    ident, status = at(protocol, "identificationModule"), at(protocol, "statusModule")
    design = at(protocol, "designModule")
    sponsors = at(protocol, "sponsorCollaboratorsModule")
    trial_id = text_at(ident, "nctId").upper()
    if not _ID.fullmatch(trial_id):
        raise LayoutError(NAME, "a study without its NCT number")
    return RegisteredTrial(
        trial_id=trial_id,
        title=text_at(ident, "briefTitle"),
        official_title=text_at(ident, "officialTitle"),
        acronym=text_at(ident, "acronym"),
        status=text_at(status, "overallStatus"),
        why_stopped=text_at(status, "whyStopped"),
        phase=_phase(texts_at(design, "phases"), text_at(design, "studyType")),
        study_type=text_at(design, "studyType"),
        allocation=text_at(design, "designInfo", "allocation"),
        enrolment=number_at(design, "enrollmentInfo", "count"),
        enrolment_kind=text_at(design, "enrollmentInfo", "type"),
        start_date=day_at(status, "startDateStruct", "date"),
        completion_date=day_at(status, "completionDateStruct", "date"),
        first_posted=day_at(status, "studyFirstPostDateStruct", "date"),
        last_updated=day_at(status, "lastUpdatePostDateStruct", "date"),
        results_posted=day_at(status, "resultsFirstPostDateStruct", "date"),
        sponsor=text_at(sponsors, "leadSponsor", "name"),
        collaborators=tuple(text_at(c, "name") for c in list_at(sponsors, "collaborators")),
        conditions=texts_at(protocol, "conditionsModule", "conditions"),
        keywords=texts_at(protocol, "conditionsModule", "keywords"),
        interventions=tuple(_interventions(protocol)),
        other_ids=_other_ids(ident),
        papers=tuple(_papers(protocol)),
        summary=text_at(protocol, "descriptionModule", "briefSummary"),
    )


def _phase(phases: Sequence[str], study_type: str) -> str:
    if study_type == "EXPANDED_ACCESS":
        return "Expanded access"
    words = [_PHASES.get(p, p.replace("_", " ").lower()) for p in phases]
    if len(words) == 2 and all(w.startswith("Phase ") for w in words):
        return f"{words[0]}/{words[1].removeprefix('Phase ')}"
    return ", ".join(words)


def _interventions(protocol: Any) -> Iterator[str]:
    for item in list_at(protocol, "armsInterventionsModule", "interventions"):
        kind = text_at(item, "type").replace("_", " ").capitalize()
        names = (text_at(item, "name"), *texts_at(item, "otherNames"))
        parts = [p for p in (*names, text_at(item, "description")) if p]
        if parts:
            yield f"{kind}: " * bool(kind) + " | ".join(parts)


def _other_ids(ident: Any) -> tuple[str, ...]:
    ids = [text_at(ident, "orgStudyIdInfo", "id")]
    ids += [text_at(i, "id") for i in list_at(ident, "secondaryIdInfos")]
    # An NCT number among these is another trial (a parent, an extension); an alias is this one.
    own = [i for i in ids if not _ID.fullmatch(i)]
    return tuple(dict.fromkeys(i for i in (*own, *texts_at(ident, "nctIdAliases")) if i))


def _papers(protocol: Any) -> Iterator[tuple[int, str]]:
    for item in list_at(protocol, "referencesModule", "references"):
        pmid = pmid_of(text_at(item, "pmid"))
        if pmid:
            yield pmid, text_at(item, "type").upper()
