"""The values that travel between rooms: frozen, comparable, free of behaviour.

Small parts that come by the hundred thousand are named tuples (three times cheaper to
make); the rest are frozen dataclasses. Texts are NFC, as the source gave them.

No ``from __future__ import annotations`` here: NamedTuple and dataclass would compile every
annotation that is a text, at each start, which took half as long as all of Python's own.
"""

from collections.abc import Callable
from dataclasses import field
from typing import NamedTuple

from evlit.values import value

# --------------------------------------------------------------------------- records


class Author(NamedTuple):
    """One author as the source lists it; a group has only ``collective``."""

    last: str | None = None
    fore: str | None = None
    initials: str | None = None
    suffix: str | None = None
    collective: str | None = None
    orcid: str | None = None
    """Bare ORCID, ``0000-0002-1825-0097``."""
    affiliations: tuple[str, ...] = ()
    valid: bool = True
    """False where the source says ``ValidYN="N"`` (a name since corrected)."""


class MeshHeading(NamedTuple):
    """One MeSH heading; ``major`` is true through the descriptor or any qualifier."""

    ui: str
    name: str
    major: bool = False
    qualifiers: tuple[tuple[str, str, bool], ...] = ()
    """(ui, name, major) of each qualifier."""
    kind: str = "descriptor"
    """``descriptor``, ``geographic`` or the Type of a SupplMeshName (``Disease`` …)."""
    automated: bool = False
    """True where the source marks the heading ``AutoHM="Y"``."""


class PublicationType(NamedTuple):
    """A publication type; compare by ``ui``, the name changes."""

    ui: str
    name: str


class AbstractSection(NamedTuple):
    """A part of the abstract; ``label`` is free text, ``category`` is NLM's."""

    text: str
    label: str | None = None
    category: str | None = None


class OtherAbstract(NamedTuple):
    """An abstract beside the main one (plain language, another tongue)."""

    kind: str
    language: str
    text: str


class Keyword(NamedTuple):
    """A keyword with the owner of its list (``NOTNLM`` = the authors)."""

    text: str
    owner: str = "NOTNLM"
    major: bool = False


class DataBankId(NamedTuple):
    """An accession number or trial id, and where in the record it stands."""

    bank: str
    accession: str
    found_in: str = "databank"
    """``databank``, or ``title``/``abstract`` for trial ids found in the text."""


class Substance(NamedTuple):
    """A chemical or substance name of the record's list."""

    ui: str
    name: str
    registry_number: str = ""


class Correction(NamedTuple):
    """A link to another citation: RetractionIn, ErratumFor, UpdateIn …"""

    ref_type: str
    pmid: int | None = None
    citation: str | None = None
    note: str | None = None


class Grant(NamedTuple):
    """A grant that the record acknowledges."""

    number: str | None = None
    agency: str | None = None
    country: str | None = None


@value(frozen=True, slots=True)
class Record:
    """One PubMed citation as the source gave it. Key: ``pmid``."""

    pmid: int
    version: int = 1
    kind: str = "article"
    """``article`` or ``book``."""
    title: str | None = None
    """Plain text of the title, markup flattened; None where the source has none."""
    title_markup: str | None = None
    """The title's inner XML where it holds markup, else None."""
    vernacular_title: str | None = None
    sections: tuple[AbstractSection, ...] = ()
    """The abstract; empty tuple = the source has no abstract."""
    abstract_copyright: str | None = None
    other_abstracts: tuple[OtherAbstract, ...] = ()
    authors: tuple[Author, ...] = ()
    journal: str | None = None
    journal_abbreviation: str | None = None
    nlm_id: str | None = None
    issn: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    year: int | None = None
    """Year of publication: the earlier of electronic and print date."""
    published: str | None = None
    """The same date as ISO 8601 with the precision the source has (``2021-05``)."""
    created: str | None = None
    """CRDT (PubStatus ``entrez``), ISO date; never back-dated."""
    entered: str | None = None
    """EDAT (PubStatus ``pubmed``), ISO date; back-dated for late additions."""
    mesh_date: str | None = None
    """MHDA (PubStatus ``medline``)."""
    revised: str | None = None
    """DateRevised, ISO date: a hint only."""
    languages: tuple[str, ...] = ()
    """ISO 639-2/B codes."""
    doi: str | None = None
    """Own DOI, lower case, without resolver."""
    pmcid: str | None = None
    pii: str | None = None
    publication_types: tuple[PublicationType, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    databank_ids: tuple[DataBankId, ...] = ()
    substances: tuple[Substance, ...] = ()
    corrections: tuple[Correction, ...] = ()
    grants: tuple[Grant, ...] = ()
    coi: str | None = None
    """Conflict-of-interest statement."""
    status: str | None = None
    """MedlineCitation Status: a life cycle, not a quality."""
    indexing_method: str | None = None
    """``Automated``, ``Curated``, ``Manual`` or None, verbatim."""

    @property
    def abstract(self) -> str | None:
        """The abstract as one text, labels kept (``"METHODS: …"``); None = no abstract."""
        if not self.sections:
            return None
        return "\n".join(f"{s.label}: {s.text}" if s.label else s.text for s in self.sections)

    @property
    def display_title(self) -> str:
        """The title to show: own, else vernacular, else a plain statement."""
        return self.title or self.vernacular_title or "(no title)"

    @property
    def trial_ids(self) -> tuple[str, ...]:
        """Registry ids of the record, from data banks and text, upper case, sorted."""
        return tuple(sorted({d.accession for d in self.databank_ids if d.bank in TRIAL_REGISTRIES}))


TRIAL_REGISTRIES = frozenset(
    {
        "ClinicalTrials.gov", "EudraCT", "CTIS", "ISRCTN", "IRCT", "ACTRN", "ChiCTR", "CTRI",
        "JapicCTI", "JMACCT", "jRCT", "UMIN CTR", "KCT", "CRiS", "DRKS", "NTR", "PACTR", "ReBec",
        "REPEC", "RPCEC", "SLCTR", "TCTR", "ANZCTR",
    }
)  # fmt: skip
"""Data-bank names that are trial registries (NLM's list, and the ids' own prefixes)."""


class Parsed:
    """One record with the bytes it came from; equal where both are."""

    __slots__ = ("_sha256", "_xml", "record")

    def __init__(self, record: Record, xml: bytes | Callable[[], bytes]) -> None:
        """:param xml: the bytes, or what makes them: most readers never ask"""
        self.record = record
        self._xml = xml
        self._sha256 = ""

    @property
    def xml(self) -> bytes:
        """Canonical XML of the element (or the MEDLINE lines): hashed, kept compressed."""
        if not isinstance(self._xml, bytes):
            self._xml = self._xml()
        return self._xml

    @property
    def sha256(self) -> str:
        """Hash of ``xml`` as hex digits: by it a change is known."""
        if not self._sha256:
            import hashlib  # noqa: PLC0415 - keeps ``evlit --help`` light

            self._sha256 = hashlib.sha256(self.xml).hexdigest()
        return self._sha256

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parsed):
            return NotImplemented
        return (self.record, self.xml) == (other.record, other.xml)

    def __hash__(self) -> int:
        return hash(self.record)

    def __repr__(self) -> str:
        return f"Parsed({self.record!r}, {self.xml!r})"

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Parsed, (self.record, self.xml)


@value(frozen=True, slots=True)
class Deleted:
    """PMIDs that the source says are gone (DeleteCitation)."""

    pmids: tuple[int, ...]


@value(frozen=True, slots=True)
class Malformed:
    """A place in a file that could not be read; what came before it is kept."""

    where: str
    """File and position, e.g. ``pubmed24n0001.xml.gz: record 17 (line 912)``."""
    what: str
    pmid: int | None = None


# ------------------------------------------------------------------------------ tags


class Tag(NamedTuple):
    """One statement about a record."""

    axis: str
    value: str
    source: str
    """``human``, ``mesh``, ``pubtype``, ``rule`` or ``model``."""
    reason: str
    """Why, in words a reader can check: ``title: 'in a rat model of stroke'``."""
    score: float = 1.0
    """0..1: how sure the source is."""


SINGLE_AXES = (
    "design", "given", "clinical_kind", "review_kind", "population", "msc", "source_kind",
    "intervention", "therapy_relevant", "safety", "participants", "exposed", "comparator",
    "main_result",
)  # fmt: skip
"""Axes with at most one value a record."""
MULTI_AXES = ("designs", "species", "indication", "route", "harm", "named_in_abstract", "tissue")
"""Axes with any number of values a record."""
AXES = SINGLE_AXES + MULTI_AXES

AXIS_VALUES: dict[str, tuple[str, ...]] = {
    "design": ("notice", "protocol", "review", "clinical", "animal", "in_vitro", "other"),
    "designs": ("notice", "protocol", "review", "clinical", "animal", "in_vitro", "other"),
    "given": ("product", "cells", "other", "nothing"),
    "clinical_kind": (
        "rct", "controlled", "single_arm", "case_series", "case_report", "observational",
    ),
    "review_kind": ("systematic", "narrative"),
    "population": ("patients", "healthy_volunteers", "not_stated"),
    "msc": ("true", "false"),
    "source_kind": ("msc", "non_msc", "mixed", "not_stated"),
    "intervention": (
        "ev", "engineered_ev", "conditioned_medium", "cells", "cells_plus_product",
        "other_product", "not_therapy",
    ),
    "therapy_relevant": ("true", "false"),
    "safety": ("none_any", "none_serious", "none_related", "stated_some", "not_mentioned"),
    "tissue": (
        "bone_marrow", "adipose", "umbilical_cord", "placenta", "dental_pulp", "cord_blood",
        "synovium", "other",
    ),
}  # fmt: skip
"""Closed value lists of the code book; axes not named here are open or numbers."""


# ------------------------------------------------------------------------- catalogue


class Alias(NamedTuple):
    """A name of a product and how far it may be trusted in texts."""

    text: str
    match: str = "word"
    """``word`` counts by itself; ``context`` only with a context word in the same record;
    ``never_bare`` is a description: needs the maker or a trial id in the same record."""
    context: tuple[str, ...] = ()
    case: bool = False
    """True: upper and lower case must agree."""
    ambiguous: bool = False
    """True: typed alone it asks back (PEP)."""
    note: str = ""

    @property
    def guarded(self) -> bool:
        """Whether it counts in a text only with something beside it."""
        return self.match != "word" or self.ambiguous


class Maker(NamedTuple):
    """A company or institute behind a product, with the names seen in affiliations."""

    name: str
    names: tuple[str, ...] = ()
    """Further spellings, former and later names, for affiliations and COI texts."""
    role: str = "maker"
    """``maker``, ``sponsor``, ``former``, ``later``, ``seller``."""
    sources: tuple[str, ...] = ()
    distinct: bool = True
    """False: a hospital or university, whose name in an affiliation says nothing of the
    product; it is shown, but makes no mention of kind ``maker`` and is not searched."""


class Notice(NamedTuple):
    """A regulator's warning letter or safety notice about a product or its maker."""

    regulator: str
    kind: str
    """``warning letter``, ``untitled letter``, ``public notice`` …"""
    date: str
    """ISO date with the precision known."""
    about: str
    """What it says of the product, one sentence in our own words."""
    reference: str = ""
    sources: tuple[str, ...] = ()


class Trial(NamedTuple):
    """A registry entry that belongs to a product."""

    trial_id: str
    title: str = ""
    phase: str = ""
    status: str = ""
    status_seen: str = ""
    """Date at which the status was read, ISO."""
    enrolment: int | None = None
    sponsor: str = ""
    indication: str = ""
    results_posted: str = "unknown"
    """``yes``, ``no``, ``unknown``."""
    linked_pmid: int | None = None
    checked: str = ""
    """How it was read: ``registry_mirror``, ``paper``, ``review_table``, ``carried``."""
    sources: tuple[str, ...] = ()
    note: str = ""
    intervention: str = ""
    """Axis intervention, where the trial belongs to no product."""
    source_kind: str = ""
    cell_source: str = ""
    tissue: str = ""
    names: tuple[str, ...] = ()
    """Codes and descriptions under which it may be asked for; not sought in texts."""
    first_posted: str = ""
    """Day of registration, as the registry says (not in the catalogue)."""
    why_stopped: str = ""
    """Why it stopped, in the sponsor's words."""
    other_ids: tuple[str, ...] = ()
    """Further ids of the same trial."""
    papers: tuple[int, ...] = ()
    """PMIDs that the registry lists as reporting the trial."""


class CuratedStudy(NamedTuple):
    """A study that a curator tied to a product, by PMID or DOI, with the reason."""

    title: str
    year: int | None = None
    journal: str = ""
    pmid: int | None = None
    doi: str = ""
    pmcid: str = ""
    design: str = ""
    """A value of axis ``clinical_kind`` for people, else ``animal``/``in_vitro``."""
    n: int | None = None
    species: str = ""
    population: str = ""
    indication: str = ""
    route: str = ""
    comparator: str = ""
    safety: str = ""
    """``none_reported``, ``events_reported``, ``not_stated``: as the curator read it."""
    intervention: str = ""
    link: str = ""
    """``stated``, ``maker_states`` or ``inferred``; only the first two count."""
    checked: bool = False
    """True: identifier, title, design and n were read in a source. Else it is shown as
    "listed; not yet checked against the paper" and does not count."""
    record_type: str = "paper"
    """``paper``, ``preprint``, ``poster_or_abstract``, ``press_release``."""
    cohort: str = ""
    """Same text = same people as another study of the product."""
    trial_id: str = ""
    retracted: str = "unknown"
    why: str = ""
    """Why it belongs to this product."""
    note: str = ""
    sources: tuple[str, ...] = ()
    source_kind: str = ""
    """Axis source_kind; with ``tissue`` it places a study that belongs to no product."""
    cell_source: str = ""
    """What the vesicles or medium came from, as the source says."""
    tissue: str = ""
    maker: str = ""
    """Who made or gave it, where no product says so."""
    names: tuple[str, ...] = ()
    """Codes and descriptions under which it may be asked for; not sought in texts."""


class Fact(NamedTuple):
    """One sourced statement about a product."""

    text: str
    sources: tuple[str, ...] = ()


@value(frozen=True, slots=True)
class Product:
    """Something sold or trialled, from ``queries/products/KEY.toml``."""

    key: str
    name: str
    status: str = "verified"
    """``verified``: facts were read in sources; ``partial``: identity only."""
    aliases: tuple[Alias, ...] = ()
    """Includes the name itself, first."""
    makers: tuple[Maker, ...] = ()
    cell_source: Fact | None = None
    product_class: Fact | None = None
    source_kind: str = "not_stated"
    """Axis source_kind: what the sources say the vesicles or medium come from."""
    intervention: str = ""
    """Axis intervention: what the product is (``cells`` for a cell product)."""
    tissue: str = ""
    """Tissue key for the class view: bone_marrow, adipose, umbilical_cord, placenta,
    dental_pulp, cord_blood, synovium, other, not_stated."""
    country: str = ""
    sold_as: str = ""
    """What the label claims where that differs from the sources ("exosomes")."""
    regulatory: Fact | None = None
    trials: tuple[Trial, ...] = ()
    notices: tuple[Notice, ...] = ()
    studies: tuple[CuratedStudy, ...] = ()
    lookalikes: tuple[str, ...] = ()
    """Names that are not this product; shown when they are typed or near."""
    note: str = ""
    sources: tuple[str, ...] = ()
    term: str = ""
    """The Entrez query for this product."""
    path: str = ""

    @property
    def text_hash(self) -> str:
        """Hash of the query text: a watermark belongs to (key, hash)."""
        return query_hash(self.term)

    @property
    def trial_ids(self) -> tuple[str, ...]:
        """Registry ids that belong to the product."""
        return tuple(i for t in self.trials for i in (t.trial_id, *t.other_ids) if i)


@value(frozen=True, slots=True)
class Topic:
    """A saved Entrez query, from ``queries/topics/KEY.toml``."""

    key: str
    title: str
    term: str
    groups: tuple[tuple[str, ...], ...]
    """Local matcher: every group must hit; a group hits when one of its patterns does.
    A pattern is folded text, ``*`` at its end = any ending; ``ti:``, ``pt:``, ``sh:``,
    ``si:`` or ``ad:`` before it keeps it to that field. A superset of ``term``."""
    description: str = ""
    path: str = ""

    @property
    def text_hash(self) -> str:
        """Hash of the query text: a watermark belongs to (key, hash)."""
        return query_hash(self.term)


def query_hash(term: str) -> str:
    """Return the first 16 hex digits of the SHA-256 of a term, white space folded."""
    import hashlib  # noqa: PLC0415 - keeps ``evlit --help`` light

    return hashlib.sha256(" ".join(term.split()).encode()).hexdigest()[:16]


# --------------------------------------------------------------------------- mentions


class Mention(NamedTuple):
    """A link product → record, with its kind and the words that prove it."""

    pmid: int
    product: str
    kind: str
    counts: bool
    """True where the link counts as "this product was tested"."""
    field: str
    """``title``, ``abstract``, ``keywords``, ``vernacular_title``, ``databank``,
    ``affiliation``, ``coi``, ``substance``, ``catalogue``."""
    name: str
    """The alias, maker name, trial id or identifier that matched."""
    words: str
    """The words around it, as the record has them."""
    reason: str = ""
    """Why it counts or not, in words."""


# ---------------------------------------------------------------------------- store


@value(frozen=True, slots=True)
class Entry:
    """What the store saves of one record, in one transaction with its batch."""

    parsed: Parsed
    tags: tuple[Tag, ...] = ()
    mentions: tuple[Mention, ...] = ()
    queries: tuple[str, ...] = ()
    """Keys of the topics and products whose query or matcher hit it."""


@value(frozen=True, slots=True)
class Saved:
    """What a batch did to the store: numbers of records."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    older: int = 0
    """Came with a lower version or an older revision date than the one held."""
    deleted: int = 0


@value(frozen=True, slots=True)
class Run:
    """One sync or ingest, as a row of the store."""

    id: int
    kind: str
    started_at: str
    finished_at: str | None = None
    status: str = "running"
    """``running``, ``ok``, ``partial``, ``failed``, ``interrupted``."""
    error: str = ""
    counts: dict[str, int] = field(default_factory=dict)


# --------------------------------------------------------------- sources beyond PubMed


class RegisteredTrial(NamedTuple):
    """A trial as its registry shows it now; dates are ISO with the precision given."""

    trial_id: str
    title: str = ""
    official_title: str = ""
    acronym: str = ""
    status: str = ""
    """The registry's own word (``RECRUITING``)."""
    why_stopped: str = ""
    phase: str = ""
    """In words, ``Phase 1/2``."""
    study_type: str = ""
    allocation: str = ""
    enrolment: int | None = None
    enrolment_kind: str = ""
    """``ACTUAL`` (people enrolled) or ``ESTIMATED`` (planned)."""
    start_date: str = ""
    completion_date: str = ""
    first_posted: str = ""
    last_updated: str = ""
    results_posted: str = ""
    """Day on which results were posted; ``""`` = none posted."""
    sponsor: str = ""
    collaborators: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    """Each as ``Biological: name | other name | description``."""
    other_ids: tuple[str, ...] = ()
    papers: tuple[tuple[int, str], ...] = ()
    """(PMID, type): ``RESULT`` and ``DERIVED`` report the trial, ``BACKGROUND`` does not."""
    summary: str = ""


class TrialLink(NamedTuple):
    """Why a registered trial is kept: a product's id, name or maker, or the class."""

    trial_id: str
    product: str
    """Product key; ``""`` for the class."""
    kind: str
    """``id``, ``name``, ``summary`` (named in the summary only) or ``maker`` (sponsor only),
    which do not make it a trial of the product; ``class`` for the class."""
    name: str
    """What fits; for the class the intervention (``ev``, ``conditioned_medium``)."""
    field: str
    words: str


class FullTextHit(NamedTuple):
    """A paper whose full text, title or abstract names a product, by Europe PMC's search."""

    hit_id: str
    """``MED:123``, ``PPR:PPR45``, ``PMC:PMC6``: source and id there."""
    product: str
    kind: str
    """``article`` or ``preprint``."""
    pmid: int | None = None
    pmcid: str = ""
    doi: str = ""
    title: str = ""
    journal: str = ""
    published: str = ""
    article_pmid: int | None = None
    """Of a preprint: the PMID of its article."""
    found_in: str = "fulltext"
    """``title`` or ``abstract`` where the name stands there, else ``fulltext``."""
    name: str = ""
    """The name found, or the names asked for."""
    words: str = ""
    """Words around the name; ``""`` for a full text, which was not read."""


class RegulatorLetter(NamedTuple):
    """One row of a regulator's listing of letters."""

    url: str
    regulator: str
    kind: str
    company: str
    office: str
    subject: str
    posted: str
    issued: str
    response: str = ""
    closeout: str = ""


class LetterLink(NamedTuple):
    """A letter to a maker of a product; whether it names the product was not read."""

    url: str
    product: str
    maker: str


class EventCount(NamedTuple):
    """Adverse-event reports that name a product or its maker; a report proves no cause."""

    product: str
    dataset: str
    """``drug`` or ``device``."""
    basis: str
    """``name`` or ``maker``."""
    reports: int
    names: tuple[str, ...] = ()
    """The names as the reports write them."""
    latest: str = ""
    """Day of the newest report, ISO."""
    kinds: tuple[tuple[str, int], ...] = ()
    """Reactions (drug) or kinds of event (device) with their number of reports."""
    asked: str = ""


# --------------------------------------------------------------------------- answers

STATUSES = (
    "ambiguous", "generic", "studied", "registered_only", "retracted_only", "mentioned",
    "notice_only", "none_found", "unknown_none_found", "not_searched", "maker_products",
    "class_view",
)  # fmt: skip
"""Statuses of an answer. The first that holds, in this order, up to ``unknown_none_found``;
``not_searched`` takes the place of a status that rests on having looked; the last two answer
``--maker NAME`` and ``--for INDICATION`` without a product."""

EXIT_CODES = {"studied": 0, "not_searched": 3, "ambiguous": 4}
"""Exit code by status; every other completed answer is 10."""

TIERS = (
    "human_randomised", "human_other", "animal", "cells", "review_or_mention", "registered",
    "retracted",
)  # fmt: skip
"""Tiers of an answer, highest first. A record counts once, in its highest tier;
``registered`` counts trials, ``retracted`` is shown and never counted."""

STUDIED_TIERS = TIERS[:4]
"""The tiers that make a product *studied*: the product itself was given."""


class Question(NamedTuple):
    """What was asked, as understood."""

    typed: str
    """The words typed, controls removed; ``""`` for a maker's list or a class view."""
    indication: str | None = None
    """Key of the vocabulary, or None."""
    indication_name: str = ""
    maker: str | None = None
    since: str | None = None
    """ISO date (or year, month): only records published from then on."""
    asked_at: str = ""
    """ISO 8601, UTC."""


class NameChoice(NamedTuple):
    """Another name to ask about: a choice, a near name, a look-alike, a maker's product."""

    kind: str
    """``product`` (a choice), ``near``, ``lookalike``, ``maker``."""
    key: str
    """Product key, or ``""`` for a maker."""
    name: str
    why: str
    """In words: what it is, or why it is offered."""


class TierCounts(NamedTuple):
    """Numbers of reports by tier; ``registered`` counts trials without a publication."""

    human_randomised: int = 0
    human_other: int = 0
    animal: int = 0
    cells: int = 0
    review_or_mention: int = 0
    registered: int = 0
    retracted: int = 0

    @property
    def people_reports(self) -> int:
        """Reports in which it was given to people."""
        return self.human_randomised + self.human_other

    @property
    def studied(self) -> int:
        """Reports in which it was given to people or animals, or tried on cells."""
        return self.human_randomised + self.human_other + self.animal + self.cells


class People(NamedTuple):
    """How many people were given the product, each cohort once."""

    given: int = 0
    """Sum over cohorts whose number is stated."""
    cohorts: int = 0
    """Groups of people: reports on the same people are one."""
    reports: int = 0
    not_stated: int = 0
    """Cohorts whose number no source states."""
    healthy: int = 0
    """Of ``given``, people in studies of healthy volunteers."""
    mixed: int = 0
    """Cohorts with a comparison whose abstracts do not tell the people given the product
    from those given the comparison: all of them are in ``given``."""


class RouteCount(NamedTuple):
    """How many reports of a tier used a route, or a preparation."""

    tier: str
    value: str
    """Value of axis route (or intervention); ``""`` = not stated."""
    reports: int


class Flag(NamedTuple):
    """Something a reader must know of a record, with the words that show it."""

    key: str
    """``retracted``, ``concern``, ``corrected``, ``preprint``, ``poster``, ``maker_link``,
    ``no_maker_link``, ``retraction_not_checked``, ``not_held``, ``cells_not_ev``,
    ``conditioned_medium``, ``not_ev``, ``same_cohort``, ``same_report``,
    ``healthy_volunteers``, ``n_from_catalogue``, ``tagger_differs``; of a whole answer
    ``sold_as``, ``not_msc``, ``is_cells``, ``is_medium``, ``is_other``, ``identity_only``,
    ``read_as``, ``also_description``."""
    text: str
    """The sentence to show."""


@value(frozen=True, slots=True)
class StudyReport:
    """One report of an answer: a held record, or a study that only the catalogue knows."""

    id: str
    """``PMID 123``, else ``doi:…``, else ``PMC…``, else the title."""
    title: str
    tier: str
    counted: bool
    """True where it counts in one of the four tiers that make a product *studied*."""
    pmid: int | None = None
    doi: str = ""
    pmcid: str = ""
    url: str = ""
    year: int | None = None
    published: str = ""
    journal: str = ""
    held: bool = True
    """False: known from the catalogue only; its text and retraction status were not read."""
    link: str = ""
    """Kind of mention: ``tested``, ``registry``, ``curated``, ``named``, ``fulltext``,
    ``maker``, ``phrase`` (found by searching the store's texts)."""
    why: str = ""
    """Why it is on the list and in this tier, or why it does not count."""
    words: str = ""
    """The words of the record that prove the link."""
    reason: str = ""
    """For what does not count: ``named``, ``not_given``, ``unchecked``, ``inferred``,
    ``fulltext``, ``maker``, ``press_release``, ``notice``, ``no_name``, ``retracted``."""
    design: str = ""
    design_words: str = ""
    """Why the design was read so."""
    clinical_kind: str = ""
    given: str = ""
    population: str = ""
    n: int | None = None
    """People in the study (for people only), as stated."""
    exposed: int | None = None
    """Of these, given the product, where the abstract tells them apart."""
    n_source: str = ""
    """``abstract``, ``person`` or ``catalogue``."""
    species: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    indication_names: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    intervention: str = ""
    source_kind: str = ""
    comparator: str = ""
    main_result: str = ""
    """The abstract's own sentence; quoted, never interpreted."""
    safety: str = ""
    safety_text: str = ""
    """The statement on side effects as a sentence."""
    safety_words: str = ""
    harms: tuple[str, ...] = ()
    zero_events_bound: float | None = None
    """One-sided 95% upper bound of the risk, 0..1, where none of any kind occurred."""
    named_in_abstract: tuple[tuple[str, str], ...] = ()
    """(item, words) of axis named_in_abstract."""
    flags: tuple[Flag, ...] = ()
    cohort: str = ""
    """Same text = the same people as another report of this answer; ``""`` = its own."""
    same_report: tuple[str, ...] = ()
    """Ids of other forms of this report (a preprint and its article)."""
    trial_ids: tuple[str, ...] = ()
    checked_by_person: tuple[str, ...] = ()
    """Axes whose value a person has set."""


class TrialReport(NamedTuple):
    """A registered trial of the product and whether a publication is known."""

    trial: Trial
    publication: str
    """``held`` (a counted report carries it), ``retracted``, ``listed_not_counted`` (one that
    the catalogue lists and nobody has checked carries it), ``linked_not_held``,
    ``none_found``."""
    reports: tuple[str, ...] = ()
    """Ids of the reports that carry the trial id."""
    indication_name: str = ""


class ReportCount(NamedTuple):
    """Adverse-event reports that name the product or its maker, in numbers only."""

    dataset: str
    """``drug`` or ``device``."""
    basis: str
    """``name`` or ``maker``."""
    reports: int
    names: tuple[str, ...]
    """The names as the reports write them."""
    latest: str
    kinds: tuple[tuple[str, int], ...]
    seen: str
    """When it was counted, ISO 8601 UTC."""
    text: str
    """As a sentence."""


class SourceState(NamedTuple):
    """Whether a source beyond PubMed was asked about the product, and when."""

    source: str
    name: str
    state: str
    """``asked``, ``stale``, ``failed`` (asked since, without a full answer) or ``never``."""
    asked_at: str = ""
    """Time of the last full answer, ISO 8601 UTC; ``""`` = none yet."""
    error: str = ""


class ClassRow(NamedTuple):
    """Class evidence for one indication."""

    indication: str
    name: str
    counts: TierCounts


_NO_COUNTS = TierCounts()


@value(frozen=True, slots=True)
class ClassEvidence:
    """What is known of products like this: other makers' records, never added."""

    name: str
    """In words: ``vesicles from bone-marrow mesenchymal stromal cells``."""
    source_kind: str
    intervention: str
    tissue: str
    """``""`` where the class is not narrowed by tissue."""
    counts: TierCounts
    rows: tuple[ClassRow, ...] = ()
    """By indication, most records first."""
    harms: tuple[tuple[str, int], ...] = ()
    """(kind of harm, records) with harm stated in people or animals."""
    sentence: str = ""
    indication: str | None = None
    same_tissue: TierCounts = _NO_COUNTS
    """Of ``counts``, records of cells from the same tissue."""
    tissue_sentence: str = ""
    known: tuple[StudyReport, ...] = ()
    """Studies of this kind that the catalogue knows and the store does not hold: of no product
    that can be named, and in no count."""
    known_sentence: str = ""


class QueryCoverage(NamedTuple):
    """One query that a "no" rests on, and when it was last answered in full."""

    query: str
    source: str
    state: str
    """``covered``, ``stale``, ``changed`` (another text than today's), ``missing``."""
    asked: str = ""
    """The query as evlit has it now."""
    translation: str = ""
    """PubMed's own translation at the last good run."""
    full_at: str = ""
    counted: int | None = None
    """Records PubMed said it had."""


class Exclusion(NamedTuple):
    """How many records were set aside for one reason."""

    reason: str
    text: str
    records: int
    pmids: tuple[int, ...] = ()
    """The newest of them; empty where only their number is known."""


@value(frozen=True, slots=True)
class Coverage:
    """How hard one looked: what a "no" rests on."""

    covered: bool
    text: str
    """In one sentence."""
    queries: tuple[QueryCoverage, ...] = ()
    records_held: int = 0
    hits: int = 0
    """Records of this product's query, or that its names or links reach."""
    named: int = 0
    """Of these, records that name or link the product."""
    tested: int = 0
    """Of these, records in which it was given."""
    exclusions: tuple[Exclusion, ...] = ()
    last_run: str = ""
    """When the last good run ended, ISO 8601 UTC."""
    sources: tuple[tuple[str, str], ...] = ()
    """(source, when it was last asked)."""
    outside: tuple[SourceState, ...] = ()
    """Sources beyond PubMed, each with what became of asking it."""


class Composition(NamedTuple):
    """What the product's own abstracts name of one item of MISEV."""

    item: str
    words: tuple[tuple[str, str], ...] = ()
    """(words, id of the report); empty = not seen in any abstract."""


class HarmStatement(NamedTuple):
    """What one report of the product says on side effects."""

    id: str
    safety: str
    text: str
    """The statement as a sentence."""
    words: str = ""
    harms: tuple[str, ...] = ()
    bound: float | None = None


_NO_PEOPLE = People()
_NO_COVERAGE = Coverage(covered=False, text="")


@value(frozen=True, slots=True)
class Answer:
    """What ``look_up`` returns; terminal, JSON, page and export all show this one object."""

    question: Question
    status: str
    verdict: str
    """In plain sentences, the same in every form of the answer."""
    held_status: str = ""
    """For ``not_searched``: the status that what is held would give."""
    whole_status: str = ""
    """With ``--for`` or ``--since``: the status without them."""
    product: Product | None = None
    names_tried: tuple[str, ...] = ()
    counts: TierCounts = _NO_COUNTS
    """For the question as asked (narrowed by indication and date)."""
    whole_counts: TierCounts = _NO_COUNTS
    people: People = _NO_PEOPLE
    whole_people: People = _NO_PEOPLE
    routes: tuple[RouteCount, ...] = ()
    preparations: tuple[RouteCount, ...] = ()
    records: tuple[StudyReport, ...] = ()
    """Highest tier first, newest first; retracted last."""
    listed_not_counted: tuple[StudyReport, ...] = ()
    trials: tuple[TrialReport, ...] = ()
    trials_not_counted: tuple[TrialReport, ...] = ()
    """Trials whose registry entry names the maker, or the product in passing; see the note."""
    notices: tuple[Notice, ...] = ()
    flags: tuple[Flag, ...] = ()
    """Of the answer as a whole (amniotic product, sold as exosomes …)."""
    composition: tuple[Composition, ...] = ()
    harms: tuple[HarmStatement, ...] = ()
    event_reports: tuple[ReportCount, ...] = ()
    """Adverse-event reports by name and by maker; a report proves no cause."""
    class_evidence: ClassEvidence | None = None
    choices: tuple[NameChoice, ...] = ()
    """For ``ambiguous``, ``generic``, ``maker_products``: what may be meant."""
    suggestions: tuple[NameChoice, ...] = ()
    """Near names and look-alikes; never taken for the name asked about."""
    coverage: Coverage = _NO_COVERAGE
    warnings: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    """With ``--live``: what PubMed said now, and what it changed, in sentences."""

    @property
    def exit_code(self) -> int:
        """0 studied, 3 not searched, 4 ambiguous, 10 every other completed answer."""
        return EXIT_CODES.get(self.status, 10)


# ------------------------------------------------------------------------------ news


class NewsItem(NamedTuple):
    """One thing that is new."""

    kind: str
    """``report`` (counts), ``linked`` (does not), ``retracted``, ``concern``, ``corrected``,
    ``deleted`` …, ``trial_new``, ``trial_status``, ``trial_results``, ``letter_new``,
    ``fulltext_new``, ``reports_more``."""
    product: str
    """Key; ``""`` for the field."""
    at: str
    """When the store learnt it, ISO 8601 UTC."""
    id: str
    head: str
    """Id, year and what it is, in words."""
    title: str
    text: str
    """Why it is here, in a sentence."""
    url: str


@value(frozen=True, slots=True)
class News:
    """What is new since a day."""

    since: str
    groups: tuple[tuple[str, tuple[NewsItem, ...]], ...]
    """(product's name, items), products with the most important news first."""
    field: tuple[NewsItem, ...]
    """Retractions, concerns and trials of no product."""
    field_left: int
    counts: tuple[tuple[str, int], ...]
    """(tier, new records of the field in which something was given)."""
    searched: str
    """Last good sync since then; ``""`` = none, so nothing new may mean nothing was asked."""
