"""What a person decided of pairs that the instances left doubtful.

    verdicts.json: {"<sha256 of database, gold and other, 20 hex digits>": ["equal", "every customer has one address"]}

"undecidable" is a verdict too: the answer depends on facts about the data that neither schema nor question states.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

Verdict = Literal["equal", "different", "undecidable"]
Verdicts = dict[str, tuple[Verdict, str]]
FILE = Path(__file__).with_name("verdicts.json")


def key(database: str, gold: str, other: str) -> str:
    """The name of a pair in the file of verdicts, which holds no query's text."""
    return hashlib.sha256("\0".join((database, gold, other)).encode()).hexdigest()[:20]


def read_verdicts(path: Path = FILE) -> Verdicts:
    """The verdicts of a file; none when it does not exist."""
    if not path.exists():
        return {}
    return {
        name: (verdict, reason) for name, (verdict, reason) in json.loads(path.read_text("utf-8")).items()
    }
