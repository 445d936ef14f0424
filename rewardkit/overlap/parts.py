"""What of a row is compared: what it asks, its reference, its database and its query.

System messages are left out of a chat, since all rows of a task share them, and so is the answer that ends a training dialogue (which is the
reference of a row that has no other).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePath

from ..samples import Message, Sample, message_text
from .words import plain

DATABASE_COLUMNS = ("database", "db_id", "db_name", "db", "schema")
QUERY_COLUMNS = ("reference", "query", "sql", "gold")

_SYSTEM = ("system", "developer")
_SQL = re.compile(r"\s*(?:--[^\n]*\n\s*|\(\s*)*(?:select|with)\b", re.IGNORECASE)
_PATH = re.compile(r"[\w./\\:-]+\.\w{1,8}|[\w.:-]*[/\\][\w./\\-]+")


def asked(sample: Sample) -> str:
    """What the row asks, as text: a chat without its system messages and the answer at its end."""
    if sample.messages is None:
        return sample.prompt
    spoken = _without_answer([m for m in sample.messages if m["role"] not in _SYSTEM])
    return "\n\n".join(map(message_text, spoken or sample.messages))


def reference_text(sample: Sample) -> str:
    """The reference as text; that of a chat without one is the answer at its end. Empty when there is none."""
    reference = sample.reference
    if reference is None and sample.messages and sample.messages[-1]["role"] == "assistant":
        return message_text(sample.messages[-1])
    if reference is None or isinstance(reference, str):
        return reference or ""
    return json.dumps(reference, sort_keys=True, default=str, ensure_ascii=False)


def database_of(sample: Sample) -> str:
    """The database of a text-to-SQL row, by the first of DATABASE_COLUMNS that it has: `dbs/clinic.sql` is `clinic`. Empty when it has none."""
    for column in DATABASE_COLUMNS:
        value = sample.columns.get(column)
        if isinstance(value, str) and value.strip():
            name = value.strip()
            return plain(PurePath(name.replace("\\", "/")).stem if _PATH.fullmatch(name) else name)
    return ""


def query_of(sample: Sample) -> str:
    """The SQL query of a row, by the first of QUERY_COLUMNS that holds one. Empty when it has none."""
    for column in QUERY_COLUMNS:
        value = sample.columns.get(column)
        if isinstance(value, str) and _SQL.match(value):
            return value
    return ""


def _without_answer(messages: Sequence[Message]) -> Sequence[Message]:
    end = len(messages)
    while end and messages[end - 1]["role"] == "assistant":
        end -= 1
    return messages[:end]
