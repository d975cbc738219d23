"""What the store holds, record by record, joined for export and display."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from evlit.export import Exported
from evlit.store import Store
from evlit.store.rows import flags

PAGE = 200
"""Records read at a time: memory does not grow with the store."""


def export_items(
    store: Store, product: str | None = None, pmids: Sequence[int] | None = None
) -> Iterator[Exported]:
    """Yield held records with the tags that hold and their mentions, by PMID.

    :param product: only records linked to this product (key)
    :param pmids: only these; by default all that the source has not taken back
    """
    rest = iter(store.pmids() if pmids is None else pmids)
    while page := list(islice(rest, PAGE)):
        tags, mentions = store.tags_of(page), store.mentions_of(page)
        for record in store.records(page):
            links = mentions[record.pmid]
            if product is None or any(link.product == product for link in links):
                yield Exported(record, tags[record.pmid], links, flags(record).retracted)
