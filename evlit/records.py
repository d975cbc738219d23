"""The values that travel between rooms: frozen, comparable, free of behaviour.

Small parts that come by the hundred thousand are named tuples (three times cheaper to
make); the rest are frozen dataclasses. Texts are NFC, as the source gave them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Parsed:
    """One record with the bytes it came from."""

    record: Record
    xml: bytes
    """Canonical XML of the element (or the MEDLINE lines): hashed, kept compressed."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """PMIDs that the source says are gone (DeleteCitation)."""

    pmids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
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
MULTI_AXES = ("designs", "species", "indication", "route", "harm", "named_in_abstract")
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


class Maker(NamedTuple):
    """A company or institute behind a product, with the names seen in affiliations."""

    name: str
    names: tuple[str, ...] = ()
    """Further spellings, former and later names, for affiliations and COI texts."""
    role: str = "maker"
    """``maker``, ``sponsor``, ``former``, ``later``, ``seller``."""
    sources: tuple[str, ...] = ()


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


class Fact(NamedTuple):
    """One sourced statement about a product."""

    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
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
        return tuple(t.trial_id for t in self.trials)


@dataclass(frozen=True, slots=True)
class Topic:
    """A saved Entrez query, from ``queries/topics/KEY.toml``."""

    key: str
    title: str
    term: str
    groups: tuple[tuple[str, ...], ...]
    """Local matcher: every group must hit; a group hits when one of its patterns does.
    A pattern is folded text, ``*`` at its end = any ending. A superset of ``term``."""
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

MENTION_KINDS = ("tested", "registry", "curated", "named", "fulltext", "maker")


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


@dataclass(frozen=True, slots=True)
class Entry:
    """What the store saves of one record, in one transaction with its batch."""

    parsed: Parsed
    tags: tuple[Tag, ...] = ()
    mentions: tuple[Mention, ...] = ()
    queries: tuple[str, ...] = ()
    """Keys of the topics and products whose query or matcher hit it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a batch did to the store: numbers of records."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    older: int = 0
    """Came with a lower version or an older revision date than the one held."""
    deleted: int = 0


@dataclass(frozen=True, slots=True)
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
