"""One night: ask PubMed what is new and changed, bring the store up to date, say what failed.

===========  =======================================================================
``windows``  US Eastern days, and how far back a night looks
``plan``     which queries are asked tonight, and how: over all time, or a window
``asking``   searches, and the rules by which an answer counts
``unknown``  names that PubMed's index does not hold, asked for in another way
``taking``   fetch, read, enrich, save; what PubMed leaves out is asked for again
``night``    the order of it all, the lock, the run's row, the watermarks
===========  =======================================================================

A watermark belongs to a query and the hash of its text and moves last, in one transaction
with the row of the run; so a run that is killed anywhere is simply done again.
"""

from evlit.sync.closing import QueryResult, SyncSummary
from evlit.sync.night import sync

__all__ = ["QueryResult", "SyncSummary", "sync"]
