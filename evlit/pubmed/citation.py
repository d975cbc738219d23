"""The lists inside a PubMed element, each → the tuples of a Record.

Own data only: every element is reached by its path from the record's root, never by a
search below it, so that ids of cited papers cannot be taken for the record's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from evlit.pubmed.markup import clean, name_of, text_of
from evlit.pubmed.trials import find_trial_ids
from evlit.records import (
    TRIAL_REGISTRIES,
    AbstractSection,
    Author,
    Correction,
    DataBankId,
    Grant,
    Keyword,
    MeshHeading,
    OtherAbstract,
    PublicationType,
    Substance,
)

_PMID = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_ORCID = re.compile(r"(?<!\d)(\d{4})[-–‐]?(\d{4})[-–‐]?(\d{4})[-–‐]?(\d{3}[\dX])(?!\d)", re.ASCII)
_DOI = re.compile(r"10\.\d{3,9}(?:\.\d+)*/\S+", re.ASCII)
_DOI_PREFIX = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*", re.IGNORECASE)
_PMCID = re.compile(r"(PMC\d+)(?:\.\d+)?", re.ASCII)


def plain(element: etree._Element | None) -> str | None:
    """Return the text of an element that holds no markup by definition."""
    return None if element is None else clean(element.text) or None


def pmid_of(text: str | None) -> int | None:
    """Return a PMID, 1 to 999,999,999, or None for anything else."""
    text = clean(text)
    return int(text) if _PMID.fullmatch(text) else None


def normal_orcid(text: str | None) -> str | None:
    """Return ``0000-0002-1825-0097`` from a URL, a bare id or one without hyphens."""
    found = _ORCID.search(re.sub(r"\s", "", text or "").upper())
    return "-".join(found.groups()) if found else None


def normal_doi(text: str | None) -> str | None:
    """Return a DOI in lower case without resolver; None where the text is none."""
    bare = clean(text)
    if not bare.startswith("10."):
        bare = _DOI_PREFIX.sub("", bare, count=1)
    return bare.lower() if _DOI.fullmatch(bare) else None


def normal_pmcid(text: str | None) -> str | None:
    """Return ``PMC1234567`` without version, else None."""
    found = _PMCID.fullmatch(clean(text).upper())
    return found.group(1) if found else None


def authors(lists: Iterable[etree._Element]) -> tuple[Author, ...]:
    """Return the authors of AuthorList elements; lists of editors are left out."""
    return tuple(
        _author(element)
        for author_list in lists
        if author_list.get("Type") != "editors"
        for element in author_list
        if element.tag == "Author"
    )


def _author(element: etree._Element) -> Author:
    last = fore = initials = suffix = collective = orcid = None
    affiliations: list[str] = []
    for child in element:
        tag = child.tag
        if tag == "LastName":
            last = clean(child.text) or None
        elif tag == "ForeName":
            fore = clean(child.text) or None
        elif tag == "Initials":
            initials = name_of(child.text) or None
        elif tag == "AffiliationInfo":
            for part in child:
                if part.tag == "Affiliation" and (text := text_of(part)):
                    affiliations.append(text)
        elif tag == "Identifier":
            if child.get("Source") == "ORCID":
                orcid = normal_orcid(child.text) or orcid
        elif tag == "Suffix":
            suffix = text_of(child)
        elif tag == "CollectiveName":
            collective = text_of(child)
        elif tag == "Affiliation" and (text := text_of(child)):
            affiliations.append(text)  # the form before 2015
    valid = element.get("ValidYN") != "N"
    return Author(last, fore, initials, suffix, collective, orcid, tuple(affiliations), valid)


def sections(abstract: etree._Element) -> tuple[AbstractSection, ...]:
    """Return the parts of an abstract that have text; ``UNLABELLED`` is no label."""
    parts = []
    for child in abstract:
        if child.tag == "AbstractText" and (text := text_of(child)):
            label = clean(child.get("Label"))
            if label.upper() == "UNLABELLED":
                label = ""
            parts.append(AbstractSection(text, label or None, child.get("NlmCategory") or None))
    return tuple(parts)


def other_abstract(element: etree._Element) -> OtherAbstract | None:
    """Return an OtherAbstract as one text with its labels, None where it is empty."""
    text = "\n".join(f"{s.label}: {s.text}" if s.label else s.text for s in sections(element))
    kind, language = element.get("Type") or "", element.get("Language") or ""
    return OtherAbstract(kind, language, text) if text else None


def publication_types(element: Iterable[etree._Element]) -> list[PublicationType]:
    """Return the types of a PublicationTypeList."""
    return [
        PublicationType(child.get("UI") or "", name_of(child.text))
        for child in element
        if child.tag == "PublicationType"
    ]


def mesh_headings(element: etree._Element) -> list[MeshHeading]:
    """Return the headings of a MeshHeadingList, major through any of their parts."""
    return [h for child in element if child.tag == "MeshHeading" and (h := _heading(child))]


def _heading(element: etree._Element) -> MeshHeading | None:
    ui = name = ""
    kind = "descriptor"
    major = automated = False
    qualifiers = []
    for child in element:
        said = child.attrib
        is_major = said.get("MajorTopicYN") == "Y"
        major |= is_major
        if len(said) > 2:
            automated |= said.get("AutoHM") == "Y"
        if child.tag == "DescriptorName":
            ui, name = said.get("UI") or "", name_of(child.text)
            if said.get("Type") == "Geographic":
                kind = "geographic"
        elif child.tag == "QualifierName":
            qualifiers.append((said.get("UI") or "", name_of(child.text), is_major))
    return MeshHeading(ui, name, major, tuple(qualifiers), kind, automated) if name else None


def supplementary(element: etree._Element) -> list[MeshHeading]:
    """Return the names of a SupplMeshList with their Type as kind."""
    return [
        MeshHeading(child.get("UI") or "", clean(child.text), kind=child.get("Type") or "")
        for child in element
        if child.tag == "SupplMeshName"
    ]


def keywords(element: etree._Element) -> list[Keyword]:
    """Return the keywords of one KeywordList with its owner."""
    owner = element.get("Owner") or "NOTNLM"
    return [
        Keyword(text, owner, child.get("MajorTopicYN") == "Y")
        for child in element
        if child.tag == "Keyword" and (text := text_of(child))
    ]


def substances(element: etree._Element) -> list[Substance]:
    """Return the chemicals of a ChemicalList; registry number 0 means none."""
    found = []
    for child in element:
        ui = number = ""
        name = None
        for part in child:
            if part.tag == "RegistryNumber":
                number = name_of(part.text)
            elif part.tag == "NameOfSubstance" and name is None:
                ui, name = part.get("UI") or "", text_of(part) or ""
        if name is not None:
            found.append(Substance(ui, name, "" if number == "0" else number))
    return found


def corrections(element: etree._Element) -> list[Correction]:
    """Return the links of a CommentsCorrectionsList; many have no PMID."""
    return [
        Correction(
            child.get("RefType") or "",
            pmid_of(child.findtext("PMID")),
            text_of(child.find("RefSource")),
            text_of(child.find("Note")),
        )
        for child in element
        if child.tag == "CommentsCorrections"
    ]


def grants(element: etree._Element) -> tuple[Grant, ...]:
    """Return the grants of a GrantList, verbatim repeats once."""
    found = [
        Grant(
            plain(child.find("GrantID")), plain(child.find("Agency")), plain(child.find("Country"))
        )
        for child in element
        if child.tag == "Grant"
    ]
    return tuple(dict.fromkeys(found))


def databank_ids(element: etree._Element) -> list[DataBankId]:
    """Return the accession numbers of a DataBankList."""
    return [
        identifier
        for bank in element
        if bank.tag == "DataBank"
        for number in bank.iterfind("AccessionNumberList/AccessionNumber")
        for identifier in accession(clean(bank.findtext("DataBankName")), clean(number.text))
    ]


def accession(bank: str, number: str) -> list[DataBankId]:
    """Return an accession number, a trial id in its normal form under its registry's name."""
    if not number:
        return []
    if trials := list(find_trial_ids(number)):
        return [DataBankId(name, identifier) for name, identifier in trials]
    return [DataBankId(bank, number.upper() if bank in TRIAL_REGISTRIES else number)]


def text_trial_ids(title: str | None, abstract: tuple[AbstractSection, ...]) -> list[DataBankId]:
    """Return the registry ids printed in title and abstract, with where they stand."""
    texts = [(title or "", "title"), *((section.text, "abstract") for section in abstract)]
    return [DataBankId(*hit, place) for text, place in texts for hit in find_trial_ids(text)]
