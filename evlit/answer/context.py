"""What every part of an answer may need to know of the question."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from evlit.answer.scope import Scope
from evlit.names import Names
from evlit.records import Question

if TYPE_CHECKING:
    from evlit.catalogue import Catalogue


class Context(NamedTuple):
    """The question with what answers it."""

    db: sqlite3.Connection
    catalogue: Catalogue
    names: Names
    question: Question
    scope: Scope
    now: datetime
