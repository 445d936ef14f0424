"""Found instances kept on disk, in the project's `.rewardkit/instances`, so that a search is made once.

One small JSON file for each gold query and database, written whole and renamed into place: processes may write the same one at the same time.
A file that cannot be read is made again; where none can be written (a read-only folder), the search is repeated by each process.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

from .mutants import Mutant
from .regimes import REGIMES
from .searching import CANDIDATES, MORE_CANDIDATES, Found, Search

FOLDER = Path(".rewardkit") / "instances"
VERSION = 7


def key_of(*parts: object) -> str:
    """The name under which a search is kept; changes with what decides its outcome."""
    versions = (duckdb.__version__, sqlite3.sqlite_version, sqlglot.__version__)  # type: ignore[attr-defined]
    made_by = (VERSION, versions, CANDIDATES, MORE_CANDIDATES, REGIMES)
    return sha256(repr((made_by, parts)).encode()).hexdigest()[:40]


def stored(key: str) -> Search | None:
    """The search kept under `key` in the current folder, or None."""
    try:
        data = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
        return _search(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def store(key: str, search: Search) -> None:
    """Keep a search."""
    with suppress(OSError):
        FOLDER.mkdir(parents=True, exist_ok=True)
        ignore = FOLDER.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        waiting = FOLDER / f"{key}.{os.getpid()}.tmp"
        waiting.write_text(json.dumps(asdict(search), separators=(",", ":")), encoding="utf-8")
        waiting.replace(FOLDER / f"{key}.json")


def _search(data: dict[str, Any]) -> Search:
    return Search(
        tuple(
            Found(
                found["label"], {name: [tuple(row) for row in rows] for name, rows in found["rows"].items()}
            )
            for found in data["instances"]
        ),
        int(data["mutants"]),
        tuple(Mutant(**mutant) for mutant in data["survivors"]),
        bool(data["judges_given"]),
        tuple(data["notes"]),
    )
