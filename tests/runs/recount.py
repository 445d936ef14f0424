"""Count the lines of a run folder without rewardkit: `python recount.py FOLDER [COMPLETE_FOLDER]`.

Prints one JSON object: how many lines results.jsonl has, how many keys, which are there twice, and, when a complete run of the same
plan is given, which are missing and which are not in it. Nothing is repaired and nothing forgiven: a line that is no JSON is counted as spoiled.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

KEY = ("stage", "decoding", "sample", "repeat", "grader", "fingerprint")


def counted(path: Path) -> tuple[Counter[tuple[Any, ...]], int]:
    """How often each key stands in a file, and how many lines are spoiled."""
    keys: Counter[tuple[Any, ...]] = Counter()
    spoiled = 0
    for line in path.read_bytes().split(b"\n")[:-1] if path.is_file() else []:
        try:
            row = json.loads(line)
            keys[tuple(row[name] for name in KEY)] += 1
        except (ValueError, KeyError, TypeError):
            spoiled += 1
    whole = not path.is_file() or path.stat().st_size == 0 or path.read_bytes().endswith(b"\n")
    return keys, spoiled + (not whole)


def recount(folder: Path, complete: Path | None = None) -> dict[str, Any]:
    """What stands in the folder."""
    keys, spoiled = counted(folder / "results.jsonl")
    faults, spoiled_faults = counted(folder / "faults.jsonl")
    planned = counted(complete / "results.jsonl")[0] if complete else keys
    return {
        "lines": keys.total(),
        "keys": len(keys),
        "spoiled": spoiled + spoiled_faults,
        "duplicates": [key for key, count in (keys + faults).items() if max(keys[key], faults[key]) > 1],
        "missing": [key for key in planned if key not in keys],
        "strange": [key for key in keys if key not in planned],
        "left": sorted(path.name for path in folder.glob("*.rank*.jsonl")),
    }


if __name__ == "__main__":
    found = recount(*(Path(argument) for argument in sys.argv[1:]))
    print(json.dumps(found))
    sound = not any(found[name] for name in ("spoiled", "duplicates", "missing", "strange", "left"))
    raise SystemExit(0 if sound else 1)
