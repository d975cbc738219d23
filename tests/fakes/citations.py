"""Invented citations in genuine PubMed XML, for the fake E-utilities and the tests on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from html import escape
from typing import Any

DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
)
RETRACTED = ("D016441", "Retracted Publication")
RETRACTION = ("D016440", "Retraction Notice")
ARTICLE = ("D016428", "Journal Article")


@dataclass(frozen=True)
class Citation:
    """One PubMed record as the fake holds it. Dates are US Eastern days."""

    pmid: int
    title: str = "Vesicles of mesenchymal stem cells in a rat model of stroke."
    abstract: str = "Rats were given extracellular vesicles of mesenchymal stem cells."
    created: date = date(2024, 5, 6)
    entered: date | None = None
    """None = the day after ``created``, as for 95 % of real records."""
    modified: date | None = None
    """None = ``created``."""
    published: date | None = None
    revised: date | None = None
    """DateRevised; None = ``modified``."""
    version: int = 1
    doi: str = ""
    mesh: tuple[tuple[str, str], ...] = ()
    types: tuple[tuple[str, str], ...] = (ARTICLE,)
    keywords: tuple[str, ...] = ()
    corrections: tuple[tuple[str, int], ...] = ()
    affiliation: str = "Institute of Invented Medicine, Nowhere."
    trial_ids: tuple[str, ...] = ()
    status: str = "MEDLINE"
    book: bool = False
    authors: tuple[str, ...] = ("Núñez Ana",)
    """Last name and fore name of each; the first carries ``affiliation``."""
    coi: str = ""
    vernacular_title: str = ""
    substances: tuple[tuple[str, str], ...] = ()
    raw: str = field(default="", repr=False)
    """The element as a file had it; used instead of a built one."""

    @property
    def edat(self) -> date:
        """Entry date."""
        return self.entered or self.created + timedelta(days=1)

    @property
    def mdat(self) -> date:
        """Modification date."""
        return self.modified or self.created

    @property
    def pdat(self) -> date:
        """Publication date."""
        return self.published or self.created

    def but(self, **changes: Any) -> Citation:
        """Return the same citation with changes."""
        return replace(self, **changes)

    @cached_property
    def text(self) -> str:
        """What a word search sees."""
        return " ".join((self.title, self.abstract, *self.keywords))

    def xml(self) -> str:
        """Return the element as efetch gives it."""
        if self.raw:
            return self.raw
        return self._book() if self.book else self._article()

    def _article(self) -> str:
        doi = escape(self.doi)
        return (
            f'<PubmedArticle><MedlineCitation Status="{self.status}" Owner="NLM">'
            f'<PMID Version="{self.version}">{self.pmid}</PMID>'
            f"{_day('DateRevised', self.revised or self.mdat)}"
            '<Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Electronic">1234-5678'
            '</ISSN><JournalIssue CitedMedium="Internet"><Volume>7</Volume><Issue>1</Issue>'
            f"<PubDate><Year>{self.pdat.year}</Year><Month>{self.pdat:%b}</Month></PubDate>"
            "</JournalIssue><Title>Journal of invented vesicles</Title>"
            "<ISOAbbreviation>J Inv Vesicles</ISOAbbreviation></Journal>"
            f"<ArticleTitle>{self.title}</ArticleTitle>"
            + (f'<ELocationID EIdType="doi" ValidYN="Y">{doi}</ELocationID>' if doi else "")
            + f"<Abstract><AbstractText>{self.abstract}</AbstractText></Abstract>"
            f"{self._authors()}"
            f"<Language>eng</Language>{self._banks()}<PublicationTypeList>"
            + "".join(f'<PublicationType UI="{ui}">{n}</PublicationType>' for ui, n in self.types)
            + "</PublicationTypeList>"
            + self._optional("VernacularTitle", self.vernacular_title)
            + "</Article><MedlineJournalInfo><Country>Nowhere</Country>"
            "<MedlineTA>J Inv Vesicles</MedlineTA><NlmUniqueID>101000001</NlmUniqueID>"
            f"</MedlineJournalInfo>{self._chemicals()}{self._corrections()}{self._mesh()}"
            f"{self._keywords()}{self._optional('CoiStatement', self.coi)}"
            f"</MedlineCitation><PubmedData><History>{self._history()}</History>"
            "<PublicationStatus>ppublish</PublicationStatus><ArticleIdList>"
            f'<ArticleId IdType="pubmed">{self.pmid}</ArticleId>'
            + (f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else "")
            + "</ArticleIdList></PubmedData></PubmedArticle>"
        )

    def _authors(self) -> str:
        place = f"<AffiliationInfo><Affiliation>{escape(self.affiliation)}</Affiliation>"
        parts = []
        for number, name in enumerate(self.authors):
            last, _, fore = name.partition(" ")
            parts.append(
                f'<Author ValidYN="Y"><LastName>{last}</LastName><ForeName>{fore}</ForeName>'
                f"<Initials>{fore[:1]}</Initials>"
                + ("" if number else f"{place}</AffiliationInfo>")
                + "</Author>"
            )
        return f'<AuthorList CompleteYN="Y">{"".join(parts)}</AuthorList>'

    def _chemicals(self) -> str:
        listed = "".join(
            f'<Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="{ui}">'
            f"{escape(name)}</NameOfSubstance></Chemical>"
            for ui, name in self.substances
        )
        return f"<ChemicalList>{listed}</ChemicalList>" if listed else ""

    @staticmethod
    def _optional(element: str, text: str) -> str:
        return f"<{element}>{escape(text)}</{element}>" if text else ""

    def _book(self) -> str:
        return (
            f'<PubmedBookArticle><BookDocument><PMID Version="1">{self.pmid}</PMID>'
            f'<ArticleIdList><ArticleId IdType="bookaccession">NBK{self.pmid}</ArticleId>'
            "</ArticleIdList><Book><Publisher><PublisherName>Invented Press</PublisherName>"
            "</Publisher><BookTitle>A book of vesicles</BookTitle><PubDate>"
            f"<Year>{self.pdat.year}</Year></PubDate></Book>"
            f"<ArticleTitle>{self.title}</ArticleTitle><Language>eng</Language>"
            f"<Abstract><AbstractText>{self.abstract}</AbstractText></Abstract></BookDocument>"
            f"<PubmedBookData><History>{self._history()}</History><PublicationStatus>ppublish"
            f'</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{self.pmid}'
            "</ArticleId></ArticleIdList></PubmedBookData></PubmedBookArticle>"
        )

    def _history(self) -> str:
        days = (("pubmed", self.edat), ("medline", self.mdat), ("entrez", self.created))
        return "".join(
            f'<PubMedPubDate PubStatus="{status}"><Year>{d.year}</Year><Month>{d.month}</Month>'
            f"<Day>{d.day}</Day><Hour>6</Hour><Minute>0</Minute></PubMedPubDate>"
            for status, d in days
        )

    def _banks(self) -> str:
        if not self.trial_ids:
            return ""
        numbers = "".join(f"<AccessionNumber>{t}</AccessionNumber>" for t in self.trial_ids)
        return (
            '<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov'
            f"</DataBankName><AccessionNumberList>{numbers}</AccessionNumberList></DataBank>"
            "</DataBankList>"
        )

    def _corrections(self) -> str:
        links = "".join(
            f'<CommentsCorrections RefType="{kind}"><RefSource>J Inv Vesicles. 2026</RefSource>'
            f'<PMID Version="1">{pmid}</PMID></CommentsCorrections>'
            for kind, pmid in self.corrections
        )
        return f"<CommentsCorrectionsList>{links}</CommentsCorrectionsList>" if links else ""

    def _mesh(self) -> str:
        names = "".join(
            f'<MeshHeading><DescriptorName UI="{ui}" MajorTopicYN="N">{name}</DescriptorName>'
            "</MeshHeading>"
            for ui, name in self.mesh
        )
        return f"<MeshHeadingList>{names}</MeshHeadingList>" if names else ""

    def _keywords(self) -> str:
        words = "".join(f'<Keyword MajorTopicYN="N">{escape(k)}</Keyword>' for k in self.keywords)
        return f'<KeywordList Owner="NOTNLM">{words}</KeywordList>' if words else ""


def _day(name: str, day: date) -> str:
    return f"<{name}><Year>{day.year}</Year><Month>{day:%m}</Month><Day>{day:%d}</Day></{name}>"


def article_set(elements: list[str], doctype: str = DOCTYPE) -> bytes:
    """Return an efetch body of these elements."""
    inside = "\n".join(elements)
    return (
        f'<?xml version="1.0" ?>\n{doctype}\n<PubmedArticleSet>{inside}</PubmedArticleSet>'.encode()
    )
