"""Record → tags, mentions and queries: what the store saves beside it."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, reduce
from itertools import chain
from operator import or_

from evlit.catalogue import Catalogue
from evlit.catalogue.matcher import groups_of_topics, matching_topics
from evlit.classify import Classifier, name_cues
from evlit.classify.cues import Cue
from evlit.mentions import Mentions
from evlit.pubmed import Sieve
from evlit.pubmed.needles import ALONE, FIELD, FURTHER, MAKER, Needle
from evlit.records import Entry, Mention, Parsed, Product, Record, Tag
from evlit.store import Store
from evlit.store.rows import effective
from evlit.versions import classifier_version, links_version


@contextmanager
def at_rest() -> Iterator[None]:
    """Keep all that stands now out of garbage collections, which else walk it again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class Enricher:
    """Turns a record into what the store saves: tags, mentions and the queries it fits.

    One instance serves all records of a run; it holds the automaton of all names.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.mentions = Mentions(catalogue.products)
        self._plain = list(_name_cues(catalogue.products, alone=True))
        self._guarded = list(_name_cues(catalogue.products, alone=False))
        self._names_in_context = {cue.literal.casefold() for cue in self._guarded}
        self.tagged_with = classifier_version()
        self.matched_with = links_version(catalogue.products)

    @cached_property
    def classifier(self) -> Classifier:
        """What tags records; made when first asked for, since who only writes never does."""
        return Classifier(self._plain)

    @cached_property
    def _in_context(self) -> Classifier:
        """The same, of records that hold a name which needs its context words: few do."""
        return Classifier([*self._plain, *self._guarded])

    def make_rules(self) -> None:
        """Make now what else the first record would wait for."""
        _ = self.classifier, self.sieve

    @property
    def versions(self) -> tuple[str, str]:
        """Versions of the classifier and of the matcher that made tags and mentions."""
        return self.tagged_with, self.matched_with

    def queries(self, record: Record) -> tuple[str, ...]:
        """Return the keys of the topics whose local matcher holds for the record."""
        return tuple(f"topic:{key}" for key in matching_topics(self.catalogue.topics, record))

    @cached_property
    def sieve(self) -> Sieve:
        """What stops, unparsed, records that :meth:`belongs` would refuse."""
        groups = list(groups_of_topics(self.catalogue.topics))
        bits = {group: FURTHER << n for n, group in enumerate(dict.fromkeys(chain(*groups)))}
        words = [
            Needle(word.text, word.open_end, says, in_authors=word.in_affiliations)
            for group, says in bits.items()
            for word in group
        ]
        names = [
            Needle(name.text, says=MAKER if name.is_maker else ALONE, number=name.is_id)
            for name in self.mentions.literals()
        ]
        field = [Needle(text, open_end=True, says=FIELD) for text in self.mentions.words_of_field()]
        keys = self.mentions.curated_keys()
        pmids = [key for key in keys if isinstance(key, int)]
        dois = [key for key in keys if isinstance(key, str)]
        topics = (reduce(or_, map(bits.__getitem__, topic), 0) for topic in groups)
        return Sieve([*words, *names, *field], pmids, dois, enough=topics)

    def belongs(self, record: Record) -> tuple[str, ...]:
        """Return the topics and products a record belongs to; empty = it may be skipped."""
        found = self.mentions.find(record, ())
        products = dict.fromkeys(f"product:{m.product}" for m in found)
        return (*self.queries(record), *products)

    def tags_and_mentions(
        self, record: Record, human: Sequence[Tag] = (), *, named: bool = True
    ) -> tuple[tuple[Tag, ...], tuple[Mention, ...]]:
        """Return all machine tags of a record and its links to products.

        :param human: what persons said of the record; links are judged by the tags that hold
        :param named: False where the :attr:`sieve` stops the record: nothing of it is a link
        """
        if not named:
            return self.classifier.tags(record), ()
        names = {mention.name.casefold() for mention in self.mentions.find(record, ())}
        # A name that needs its context words speaks for what was given only where it has them.
        sure = names.isdisjoint(self._names_in_context)
        tags = (self.classifier if sure else self._in_context).tags(record)
        return tags, self.mentions.find(record, effective(tags, human))

    def entries(self, store: Store, items: Sequence[tuple[Parsed, Sequence[str]]]) -> list[Entry]:
        """Return records (each with the queries that hit it) with tags and mentions."""
        human = store.human_tags_of([parsed.record.pmid for parsed, _ in items])
        return [self.entry(parsed, queries, human) for parsed, queries in items]

    def entry(
        self,
        parsed: Parsed,
        queries: Sequence[str],
        human: Mapping[int, Sequence[Tag]],
        *,
        named: bool = True,
    ) -> Entry:
        """Return a record with tags and mentions; ``human``: what persons said, by PMID.

        ``named``: as in :meth:`tags_and_mentions`.
        """
        record = parsed.record
        found = self.tags_and_mentions(record, human.get(record.pmid, ()), named=named)
        return Entry(parsed, *found, tuple(queries))


def _name_cues(products: Iterable[Product], *, alone: bool) -> Iterator[Cue]:
    """Yield the cues of names that speak alone, or of those that need their context words.

    A description (``never_bare``) is never one.
    """
    for product in products:
        for alias in product.aliases:
            if alias.match != "never_bare" and alone != alias.guarded:
                for text in dict.fromkeys((alias.text, alias.text.replace("+", " plus"))):
                    yield from name_cues(
                        text, product.intervention, product.source_kind, case=alias.case
                    )
