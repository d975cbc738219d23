"""PubMed XML and MEDLINE files become records: pure, streaming, in bounded memory.

What a file is, its content says: PubMed XML, plain or gzip, and MEDLINE text (PubMed's
``.nbib`` and ``.txt`` exports), whatever the ending. Nothing is fetched: no DTD, no entity.

A fault costs the record it stands in and no other; it comes out as
:class:`~evlit.records.Malformed`, in its place among the records. Only a file that holds no
PubMed data at all raises :class:`~evlit.errors.InputError`.

==============  ===========================================================================
``source``      opens, sniffs, inflates, transcodes
``split``       cuts the stream of bytes at record ends
``sieve``       stops records that hold no word sought, unparsed; ``needles`` and ``signs`` help
``parallel``    records by worker processes, in the file's order
``canonical``   bytes → element and canonical bytes
``article``     element → Record;  ``citation`` reads the lists in it
``markup``      mixed content → plain text
``dates``       every form of date → ISO 8601 with the precision known
``trials``      registry ids in texts
``medline``     MEDLINE lines → Record; ``medline_authors``, ``medline_terms`` help it
==============  ===========================================================================
"""

from evlit.pubmed.reading import (
    WHOLE,
    Scanned,
    Share,
    iter_raw,
    parse_bytes,
    parse_file,
    parse_one,
    parse_raw,
    scan_blocks,
)
from evlit.pubmed.sieve import Sieve
from evlit.pubmed.source import Source, open_source
from evlit.pubmed.split import RawRecord

__all__ = [
    "WHOLE",
    "RawRecord",
    "Scanned",
    "Share",
    "Sieve",
    "Source",
    "iter_raw",
    "open_source",
    "parse_bytes",
    "parse_file",
    "parse_one",
    "parse_raw",
    "scan_blocks",
]
