"""MySQL's dumps, which neither engine reads: told by what only MySQL writes, where loading one fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

_MARKS = re.compile(
    r"^-- (?:MySQL|MariaDB) dump|\bENGINE\s*=\s*\w+|\bAUTO_INCREMENT\b|/\*!\d{5}|\bLOCK TABLES\b",
    re.IGNORECASE | re.MULTILINE,
)
_BACKTICKS = re.compile(r"`\w+`")  # SQLite takes them too


@contextmanager
def told_as_mysql(text: str) -> Iterator[None]:
    """Where loading `text` raises ValueError and it looks like MySQL's, the error says what to do."""
    try:
        yield
    except ValueError as error:
        mark = _MARKS.search(text) or _BACKTICKS.search(text)
        if mark is None:
            raise
        why = str(error).partition("\n")[0]
        raise ValueError(
            f"looks like a MySQL dump ({mark[0]}), which is not read; export its tables as CSV files and give their folder, "
            f"or convert it to SQLite or Postgres ({why})"
        ) from None
