"""Files and stored records → tags and mentions → store: everything that needs no network.

==========  ============================================================================
``enrich``  record → tags, mentions, queries
``parts``   file → parts, each what one transaction saves
``pool``    the same by worker processes, here or on a cluster; a killed one loses nothing
``ledger``  files read before, checksums beside files
``files``   files → store
``retag``   stored bytes → tags and mentions anew
``spread``  tasks by worker processes, results in order
==========  ============================================================================
"""

from evlit.ingest.enrich import Enricher
from evlit.ingest.files import Report, ingest_files
from evlit.ingest.retag import retag

__all__ = ["Enricher", "Report", "ingest_files", "retag"]
