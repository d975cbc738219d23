"""One PubmedArticle or PubmedBookArticle element → Record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree

from evlit.pubmed import citation as lists
from evlit.pubmed.citation import plain
from evlit.pubmed.dates import earliest, free_date, iso_date, year_of
from evlit.pubmed.markup import clean, inner_xml, name_of, text_of
from evlit.records import Deleted, Record

Fields = dict[str, Any]
"""The fields of a Record as they are gathered; lists become tuples at the end."""


class UnreadableError(Exception):
    """An element cannot become a record; the text says why."""


def to_record(element: etree._Element) -> Record:
    """Return the record of a PubmedArticle or PubmedBookArticle element.

    :raises UnreadableError: no citation in it, or no PMID
    """
    if element.tag == "PubmedBookArticle":
        return _finish(_book(element), element.find("PubmedBookData"))
    citation = element.find("MedlineCitation")
    if citation is None:
        raise UnreadableError("no MedlineCitation in it")
    return _finish(_citation(citation), element.find("PubmedData"))


def to_deleted(element: etree._Element) -> Deleted:
    """Return the PMIDs of a DeleteCitation element."""
    return Deleted(tuple(p for child in element if (p := lists.pmid_of(child.text)) is not None))


def _finish(fields: Fields, data: etree._Element | None) -> Record:
    """Add what PubMed adds, find ids in the texts, and freeze the record."""
    if fields.get("pmid") is None:
        raise UnreadableError("no PMID that is a number of 1 to 9 digits")
    if data is not None:
        _pubmed_data(data, fields)
    fields["doi"] = _own_doi(fields.pop("dois", ()), fields.pop("invalid_dois", ()))
    published = earliest(fields.pop("dates", ()))
    fields["published"], fields["year"] = published, year_of(published)
    in_text = lists.text_trial_ids(fields.get("title"), fields.get("sections", ()))
    if in_text:
        fields.setdefault("databank_ids", []).extend(in_text)
    if "databank_ids" in fields:
        fields["databank_ids"] = list(dict.fromkeys(fields["databank_ids"]))
    frozen: Fields = {k: tuple(v) if type(v) is list else v for k, v in fields.items()}
    return Record(**frozen)


def _own_doi(dois: Iterable[str | None], invalid: Iterable[str | None]) -> str | None:
    """Return the first DOI that no ELocationID marks as invalid."""
    return next((doi for doi in dois if doi and doi not in invalid), None)


# ------------------------------------------------------------------------ an article


def _citation(citation: etree._Element) -> Fields:
    fields: Fields = {
        "status": citation.get("Status"),
        "indexing_method": citation.get("IndexingMethod"),
        "version": _version(citation.get("VersionID")),
    }
    for child in citation:
        read = _IN_CITATION.get(child.tag)
        if read is not None:
            read(child, fields)
    return fields


def _version(text: str | None) -> int:
    """Return a version number; 1 where none is given."""
    text = clean(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 1


def _pmid(element: etree._Element, fields: Fields) -> None:
    fields.setdefault("pmid", lists.pmid_of(element.text))
    fields["version"] = max(fields.get("version", 1), _version(element.get("Version")))


def _revised(element: etree._Element, fields: Fields) -> None:
    fields["revised"] = _date(element)


def _date(element: etree._Element) -> str | None:
    """Read Year, Month, Day, Season or MedlineDate."""
    year = month = day = season = None
    for child in element:
        tag = child.tag
        if tag == "Year":
            year = child.text
        elif tag == "Month":
            month = child.text
        elif tag == "Day":
            day = child.text
        elif tag == "MedlineDate":
            if child.text:
                return free_date(clean(child.text))
        elif tag == "Season":
            season = child.text
        elif year and month and day:
            break  # hours and minutes follow
    return iso_date(year, month or season, day)


def _article(element: etree._Element, fields: Fields) -> None:
    for child in element:
        if read := _IN_ARTICLE.get(child.tag):
            read(child, fields)


def _title(element: etree._Element, fields: Fields) -> None:
    fields["title"] = text_of(element)
    fields["title_markup"] = inner_xml(element)


def _vernacular(element: etree._Element, fields: Fields) -> None:
    fields["vernacular_title"] = text_of(element)


def _journal(element: etree._Element, fields: Fields) -> None:
    for child in element:
        tag = child.tag
        if tag == "JournalIssue":
            _issue(child, fields)
        elif tag == "Title":
            fields["journal"] = text_of(child)
        elif tag == "ISSN":
            fields["issn"] = plain(child)
        elif tag == "ISOAbbreviation":
            fields["journal_abbreviation"] = plain(child)


def _issue(element: etree._Element, fields: Fields) -> None:
    for child in element:
        tag = child.tag
        if tag == "Volume":
            fields["volume"] = plain(child)
        elif tag == "Issue":
            fields["issue"] = plain(child)
        elif tag == "PubDate":
            _published(child, fields)


def _published(element: etree._Element, fields: Fields) -> None:
    fields.setdefault("dates", []).append(_date(element))


def _pagination(element: etree._Element, fields: Fields) -> None:
    parts = {child.tag: clean(child.text) for child in element}
    start, end = parts.get("StartPage"), parts.get("EndPage")
    joined = f"{start}-{end}" if start and end and end != start else start
    fields["pages"] = parts.get("MedlinePgn") or joined or None


def _location(element: etree._Element, fields: Fields) -> None:
    kind, valid = element.get("EIdType"), element.get("ValidYN") != "N"
    if kind == "doi":
        fields.setdefault("dois" if valid else "invalid_dois", []).append(
            lists.normal_doi(element.text)
        )
    elif kind == "pii" and valid:
        fields.setdefault("pii", plain(element))


def _abstract(element: etree._Element, fields: Fields) -> None:
    fields["sections"] = lists.sections(element)
    fields["abstract_copyright"] = text_of(element.find("CopyrightInformation"))


def _other_abstract(element: etree._Element, fields: Fields) -> None:
    if other := lists.other_abstract(element):
        fields.setdefault("other_abstracts", []).append(other)


def _authors(element: etree._Element, fields: Fields) -> None:
    fields["authors"] = fields.get("authors", ()) + lists.authors((element,))


def _language(element: etree._Element, fields: Fields) -> None:
    if text := plain(element):
        fields.setdefault("languages", []).append(text)


def _journal_info(element: etree._Element, fields: Fields) -> None:
    for child in element:
        tag = child.tag
        if tag == "NlmUniqueID":
            fields["nlm_id"] = name_of(child.text) or None
        elif tag == "ISSNLinking":
            if not fields.get("issn"):
                fields["issn"] = name_of(child.text) or None
        elif tag == "MedlineTA" and not fields.get("journal_abbreviation"):
            fields["journal_abbreviation"] = name_of(child.text) or None


def _coi(element: etree._Element, fields: Fields) -> None:
    fields["coi"] = text_of(element)


def _grants(element: etree._Element, fields: Fields) -> None:
    fields["grants"] = lists.grants(element)


Reader = Callable[[etree._Element, Fields], None]


def _extend(name: str, read: Callable[[etree._Element], list[Any]]) -> Reader:
    """Return a reader that appends what ``read`` finds to the list ``name``."""

    def reader(element: etree._Element, fields: Fields) -> None:
        fields.setdefault(name, []).extend(read(element))

    return reader


_IN_ARTICLE: dict[str, Reader] = {
    "Journal": _journal,
    "ArticleTitle": _title,
    "VernacularTitle": _vernacular,
    "Pagination": _pagination,
    "ELocationID": _location,
    "Abstract": _abstract,
    "AuthorList": _authors,
    "Language": _language,
    "DataBankList": _extend("databank_ids", lists.databank_ids),
    "GrantList": _grants,
    "PublicationTypeList": _extend("publication_types", lists.publication_types),
    "ArticleDate": _published,
}
_IN_CITATION: dict[str, Reader] = {
    "PMID": _pmid,
    "DateRevised": _revised,
    "Article": _article,
    "MedlineJournalInfo": _journal_info,
    "ChemicalList": _extend("substances", lists.substances),
    "SupplMeshList": _extend("mesh", lists.supplementary),
    "MeshHeadingList": _extend("mesh", lists.mesh_headings),
    "CommentsCorrectionsList": _extend("corrections", lists.corrections),
    "OtherAbstract": _other_abstract,
    "KeywordList": _extend("keywords", lists.keywords),
    "CoiStatement": _coi,
}

# ----------------------------------------------------------------------- PubMed's part

_HISTORY = {"entrez": "created", "pubmed": "entered", "medline": "mesh_date"}


def _pubmed_data(data: etree._Element, fields: Fields) -> None:
    for child in data:
        if child.tag == "ArticleIdList":
            _article_ids(child, fields)
        elif child.tag == "History":
            for date in child:
                if name := _HISTORY.get(date.get("PubStatus") or ""):
                    fields[name] = _date(date)


def _article_ids(element: etree._Element, fields: Fields) -> None:
    for child in element:
        kind = child.get("IdType")
        if kind == "doi":
            fields.setdefault("dois", []).append(lists.normal_doi(child.text))
        elif kind == "pmc":
            fields["pmcid"] = lists.normal_pmcid(child.text)
        elif kind == "pii":
            fields["pii"] = plain(child) or fields.get("pii")


# ------------------------------------------------------------------------------ a book


def _book(element: etree._Element) -> Fields:
    """Read a book or chapter: the few fields that a citation of it needs."""
    document = element.find("BookDocument")
    if document is None:
        raise UnreadableError("no BookDocument in it")
    fields: Fields = {"kind": "book"}
    for child in document:
        if read := _IN_BOOK_DOCUMENT.get(child.tag):
            read(child, fields)
    book = document.find("Book")
    if book is not None:
        _container(book, fields)
    return fields


def _container(book: etree._Element, fields: Fields) -> None:
    """A chapter stands in its book as an article in its journal; a book stands alone."""
    title = book.find("BookTitle")
    if fields.get("title") is None and title is not None:
        _title(title, fields)
    else:
        fields["journal"] = text_of(title)
    if not fields.get("authors"):
        fields["authors"] = lists.authors(book.iterfind("AuthorList"))
    for date in book.iterfind("PubDate"):
        _published(date, fields)


def _type(element: etree._Element, fields: Fields) -> None:
    fields.setdefault("publication_types", []).extend(lists.publication_types((element,)))


_IN_BOOK_DOCUMENT: dict[str, Reader] = {
    "PMID": _pmid,
    "ArticleIdList": _article_ids,
    "ArticleTitle": _title,
    "VernacularTitle": _vernacular,
    "Pagination": _pagination,
    "Abstract": _abstract,
    "AuthorList": _authors,
    "Language": _language,
    "PublicationType": _type,
    "KeywordList": _extend("keywords", lists.keywords),
    "GrantList": _grants,
    "DateRevised": _revised,
}
