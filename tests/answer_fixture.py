"""A small store with invented records about products, for the tests of answer and render.

Names of products are real ones with real traps; every text is invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from evlit.catalogue import Catalogue, Negative
from evlit.records import (
    AbstractSection,
    Alias,
    Author,
    CuratedStudy,
    DataBankId,
    Entry,
    Fact,
    Keyword,
    Maker,
    Mention,
    Notice,
    Parsed,
    Product,
    PublicationType,
    Record,
    Tag,
    Topic,
    Trial,
)
from evlit.store import Store, open_store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FRESH = "2026-11-22T06:00:00Z"
OLD = "2026-10-01T06:00:00Z"

_RETRACTED = PublicationType("D016441", "Retracted Publication")
_PREPRINT = PublicationType("D000076942", "Preprint")
_NOTICE = PublicationType("D016440", "Retraction of Publication")


def product(key: str, name: str, *aliases: str | Alias, **fields: object) -> Product:
    named = tuple(a if isinstance(a, Alias) else Alias(a) for a in (name, *aliases))
    values: dict[str, object] = {
        "source_kind": "msc",
        "intervention": "ev",
        "term": f'"{name}"[tiab]',
        "product_class": Fact("purified vesicles", ("https://example.org/class",)),
        "sources": ("https://example.org/product",),
    }
    return Product(key=key, name=name, aliases=named, **(values | fields))  # type: ignore[arg-type]


def maker(name: str, *names: str) -> tuple[Maker, ...]:
    return (Maker(name, names, sources=("https://example.org/maker",)),)


def letter(day: str, kind: str = "warning letter") -> Notice:
    return Notice("FDA", kind, day, "Calls the product an unapproved drug.", "TEST-1")


PRODUCTS = (
    product("ab126", "AB126", source_kind="non_msc", tissue="other", makers=maker("Aruna Bio")),
    product("agle-102", "AGLE-102", makers=maker("Aegle Therapeutics"), tissue="bone_marrow",
            trials=(Trial("NCT04173650", "Vesicles in a skin disease", indication="eb"),)),
    product("allo-asc", "ALLO-ASC-DFU", intervention="cells", makers=maker("Anterogen")),
    product("asceplus", "ASCEplus", "ASCE+", "ASCE plus", tissue="adipose",
            makers=maker("ExoCoBio Inc."),
            studies=(CuratedStudy("Vesicles and a laser for scars", 2020, pmid=3000,
                                  design="rct", n=25, indication="scar_keloid", route="topical",
                                  link="inferred", checked=True, why="sister paper"),)),
    product("charaexo", "CharaExo", makers=maker("Chara Biologics"), source_kind="non_msc",
            intervention="other_product", sold_as="exosomes",
            product_class=Fact("amniotic fluid product", ("https://example.org/c",)),
            notices=(letter("2025-01-17"),)),
    product("evo", "EVO-9", makers=maker("Evo Lab")),
    product("exo-101", "Exo-101", makers=maker("Exogenus Therapeutics"), source_kind="non_msc"),
    product("exoflo", "ExoFlo", "Exo Flo", "XoFlo", Alias("bmMSC-EV", "never_bare"),
            makers=maker("Direct Biologics"), tissue="bone_marrow", lookalikes=("ExoFlow",),
            cell_source=Fact("bone marrow MSC", ("https://example.org/s",)),
            trials=(
                Trial("NCT05354141", "Vesicles in ARDS, phase III", "Phase 3", "RECRUITING",
                      "2026-01-10", 970, indication="ards"),
                Trial("NCT04493242", "Vesicles in COVID-19, phase II", "Phase 2", "COMPLETED",
                      enrolment=102, indication="covid19"),
            ),
            studies=(
                CuratedStudy("A phase II dosing trial of vesicles", 2023, pmid=1001,
                             design="rct", n=102, indication="covid19", trial_id="NCT04493242",
                             link="stated", checked=True, why="the paper names it"),
                CuratedStudy("Vesicles for knees after injury", 2020, doi="10.1/outside.1",
                             design="single_arm", n=33, indication="osteoarthritis",
                             route="intra-articular", link="stated", checked=True,
                             safety="none_reported", comparator="none", cohort="combat"),
                CuratedStudy("One year after vesicles for knees", 2021, doi="10.1/outside.2",
                             design="single_arm", n=33, indication="osteoarthritis",
                             route="intra-articular", link="stated", checked=True,
                             cohort="combat"),
                CuratedStudy("A release on expanded access", 2023, design="case_series", n=103,
                             record_type="press_release", link="maker_states", checked=True),
                CuratedStudy("Vesicles for a facial nerve", 2023, pmid=1090,
                             design="single_arm", n=7, link="stated", checked=False),
            )),
    product("exocd24", "EXO-CD24", source_kind="non_msc", intervention="engineered_ev",
            makers=maker("Sourasky")),
    product("hampc", "haMPC-Exos", tissue="adipose", makers=maker("Cellular Group"),
            studies=(CuratedStudy("Safety of a nebulised product in volunteers", 2021,
                                  doi="10.1/volunteers", design="single_arm", n=24,
                                  population="healthy_volunteers", route="nebulized",
                                  link="maker_states", checked=True),)),
    product("pep", "Purified Exosome Product", Alias("PEP", "context", ("platelet",),
            ambiguous=True), "RION-PEP", source_kind="non_msc", makers=maker("Rion Inc")),
    product("quiet", "Quietex", makers=maker("Quiet Co")),
    product("retro", "Retrovex", makers=maker("Retro Labs")),
    product("unex-42", "UNEX-42", makers=maker("United Therapeutics"),
            trials=(Trial("NCT03857841", "Vesicles in BPD", "Phase 1", "TERMINATED", "2021-02-24",
                          3, indication="bpd", note="stopped for business reasons"),)),
    product("xoglo", "XoGlo", makers=maker("Kimera Labs"), notices=(letter("2023-09-01"),)),
    product("xoglopro", "XoGloPro", makers=maker("Kimera Labs"), notices=(letter("2023-09-01"),)),
    product("xosomes", "XOsomes", "XOsome", makers=maker("EUCYT Laboratories"),
            notices=(letter("2020-06-04"),)),
)  # fmt: skip

TOPICS = (
    Topic("broad", "Broad", "exosome AND MSC", (("exosome",), ("msc",))),
    Topic("clinical", "Clinical", "exosome AND patients", (("exosome",), ("patients",))),
)

CATALOGUE = Catalogue(
    TOPICS,
    PRODUCTS,
    external=(
        CuratedStudy("Vesicles in the ear of one person", 2021, pmid=9999, design="case_report",
                     n=1, source_kind="msc", intervention="ev", checked=True,
                     names=("VSF1.01",)),
    ),
    trials_without_product=(
        Trial("NCT05060107", "Vesicles in knees", "Phase 1", enrolment=10, source_kind="msc",
              intervention="ev", indication="osteoarthritis", names=("ExoOA-1",)),
    ),
    negatives=(Negative("microRNAs decoy", "NCT03562715", "MSC exosome therapy",
                        "it is a diagnostic study", ()),),
    version="fixture",
    _by_key={p.key: p for p in PRODUCTS},
)  # fmt: skip


def tags(design: str, given: str = "product", **more: str | Sequence[str]) -> tuple[Tag, ...]:
    """Return machine tags; ``more`` holds axis → value or values."""
    values: dict[str, str | Sequence[str]] = {
        "design": design, "given": given, "source_kind": "msc", "intervention": "ev", **more
    }  # fmt: skip
    return tuple(
        Tag(axis, value, "rule", f"abstract: 'words for {value}'")
        for axis, said in values.items()
        for value in ([said] if isinstance(said, str) else said)
    )


def mention(
    pmid: int,
    key: str,
    kind: str = "tested",
    *,
    counts: bool | None = None,
    field: str = "abstract",
) -> Mention:
    counts = kind in ("tested", "registry") if counts is None else counts
    return Mention(pmid, key, kind, counts, field, key, f"were given {key}")


def entry(
    pmid: int,
    title: str,
    said: tuple[Tag, ...],
    *links: Mention,
    abstract: str = "Vesicles were given.",
    queries: tuple[str, ...] = (),
    **fields: object,
) -> Entry:
    values: dict[str, object] = {
        "year": 2024,
        "published": "2024-03",
        "journal": "Journal of Invented Results",
        "sections": (AbstractSection(abstract),) if abstract else (),
    }
    record = Record(pmid=pmid, title=title, **(values | fields))  # type: ignore[arg-type]
    return Entry(Parsed(record, f"<PubmedArticle>{pmid} {title}</PubmedArticle>".encode()),
                 said, links, queries)  # fmt: skip


def authors(*names: str, at: str = "") -> tuple[Author, ...]:
    return tuple(Author(n, "A", "A", affiliations=(at,) if at else ()) for n in names)


def trial_id(*ids: str) -> tuple[DataBankId, ...]:
    return tuple(DataBankId("ClinicalTrials.gov", i) for i in ids)


def standard_entries() -> list[Entry]:
    """Return the fixture's records; PMIDs tell the product (1xxx ExoFlo, 2xxx class …)."""
    rct = tags("clinical", clinical_kind="rct", participants="102", exposed="68",
               comparator="placebo", indication="covid19", route="intravenous",
               safety="none_related",
               main_result="Mortality did not differ in the whole group (p = 0.13).",
               named_in_abstract=("dose:15 mL", "cell_source:bone marrow"))  # fmt: skip
    entries = [
        entry(1001, "A phase II dosing trial of vesicles", rct, mention(1001, "exoflo"),
              databank_ids=trial_id("NCT04493242"), year=2023, published="2023-06-23",
              authors=authors("Sun", "Moon", at="Direct Biologics LLC, Austin, TX"),
              queries=("product:exoflo",)),
        entry(1002, "ExoFlo in a rat wound", tags("animal", species="rat",
              indication="wound_healing", route="topical"), mention(1002, "exoflo"),
              queries=("product:exoflo",)),
        entry(1003, "ExoFlo on skin cells", tags("in_vitro"), mention(1003, "exoflo")),
        entry(1004, "Vesicles reviewed, ExoFlo among them", tags("review", "nothing"),
              mention(1004, "exoflo", "named", counts=False), queries=("product:exoflo",)),
        entry(1005, "ExoFlo in mice, withdrawn", tags("animal", species="mouse"),
              mention(1005, "exoflo"), publication_types=(_RETRACTED,)),
        entry(1006, "ExoFlo flows elsewhere", tags("other", "nothing"),
              queries=("product:exoflo",)),
        entry(1007, "A plan to give ExoFlo", tags("protocol", "nothing"),
              mention(1007, "exoflo", "registry", counts=False, field="databank"),
              databank_ids=trial_id("NCT05354141")),
        entry(1008, "Retraction of a paper on ExoFlo in mice", tags("notice", "nothing"),
              mention(1008, "exoflo", "named", counts=False), publication_types=(_NOTICE,)),
        entry(1009, "Other work of the same company", tags("in_vitro", "cells"),
              mention(1009, "exoflo", "maker", counts=False, field="affiliation")),
        entry(3000, "Vesicles and a laser for scars",
              tags("clinical", clinical_kind="rct", indication="scar_keloid", route="topical"),
              mention(3000, "asceplus", "curated", counts=False, field="catalogue")),
        entry(4001, "Retrovex in pigs", tags("animal", species="pig"), mention(4001, "retro"),
              publication_types=(_RETRACTED,)),
        entry(4002, "A list that names Retrovex", tags("review", "nothing"),
              mention(4002, "retro", "named", counts=False)),
        entry(4101, "Exo-101 named in a table", tags("review", "nothing"),
              mention(4101, "exo-101", "named", counts=False)),
        entry(4201, "ALLO-ASC-DFU in ulcers", tags("clinical", "cells", clinical_kind="rct",
              participants="39", intervention="cells", indication="diabetic_foot_ulcer"),
              mention(4201, "allo-asc")),
        entry(4301, "EXO-CD24 in lungs of people",
              tags("clinical", clinical_kind="single_arm", participants="35", safety="none_any",
                   source_kind="non_msc", intervention="engineered_ev", indication="covid19",
                   route="inhaled"), mention(4301, "exocd24")),
        entry(4401, "ExoFlow, a flow chamber for vesicles", tags("other", "nothing"),
              abstract="We built ExoFlow. ExoFlow sorts vesicles."),
        entry(4402, "Novexa in knees of people", tags("clinical", clinical_kind="single_arm",
              participants="9"), abstract="Nine people received Novexa."),
        entry(4403, "ASCE+ and the ASCE society", tags("other", "nothing"),
              abstract="The ASCE met. ASCE+ was not spoken of."),
        entry(4404, "Only the plus sign", tags("other", "nothing"),
              abstract="Only ZORB+ was used; ZORB-2 was not.",
              keywords=(Keyword("ZORB+"),)),
    ]  # fmt: skip
    return entries + class_entries()


def class_entries() -> list[Entry]:
    """Return records of other makers or none: class evidence."""
    return [
        entry(2001, "Vesicles in rats with stroke", tags("animal", species="rat",
              indication="ischemic_stroke")),
        entry(2002, "Vesicles in rats with arthritis", tags("animal", species="rat",
              indication=("osteoarthritis", "wound_healing"), harm="tumour:animals")),
        entry(2003, "Vesicles in people with arthritis", tags("clinical", clinical_kind="rct",
              indication="osteoarthritis", participants="30")),
        entry(2004, "Vesicles in rats, retracted", tags("animal", species="rat",
              indication="ischemic_stroke"), publication_types=(_RETRACTED,)),
        entry(2005, "Cells in rats", tags("animal", "cells", species="rat",
              intervention="cells")),
        entry(2006, "Platelet vesicles in rats", tags("animal", species="rat",
              source_kind="non_msc")),
        entry(2007, "Granuloma after exosomes", tags("clinical", clinical_kind="case_report",
              source_kind="not_stated", indication="skin_aging",
              harm="granuloma_necrosis:people")),
        entry(2008, "Vesicles reviewed", tags("review", "nothing")),
        entry(2009, "Amniotic fluid in knees", tags("clinical", clinical_kind="case_series",
              source_kind="non_msc", intervention="other_product")),
    ]  # fmt: skip


def make_store(
    path: Path, entries: Iterable[Entry] | None = None, *, searched: str | None = FRESH
) -> Store:
    """Return an open store with the records, and every query asked in full at ``searched``."""
    store = open_store(path, now=lambda: NOW)
    store.save_batch(list(standard_entries() if entries is None else entries))
    if searched:
        mark_searched(store, searched)
    return store


def mark_searched(store: Store, at: str, only: Iterable[str] | None = None) -> None:
    """Note that the queries were answered in full at a time."""
    run = store.start_run("sync")
    for item in (*PRODUCTS, *TOPICS):
        query = f"{'topic' if isinstance(item, Topic) else 'product'}:{item.key}"
        if only is None or query in only:
            store.set_watermark(
                "pubmed", query, item.text_hash, at[:10],
                full_at=at, full_count=5, full_translation="translated", run=run.id,
            )  # fmt: skip
    store.finish_run(run.id, "ok")


PREPRINT, RETRACTED = _PREPRINT, _RETRACTED
