"""The SQL grader on questions that nobody here wrote: how often it errs, what blind answers earn, what a grade costs.

    python benchmarks/sql.py FOLDER [--parts golds,accuracy,gaming,cost] [--every N | --quick] [--instances auto:6] [--clock TIME] [--pairs FILE] [--json]

FOLDER holds the `*_postgres.csv` files and `databases/NAME.sql` of the public repositories defog-ai/sql-eval and defog-ai/defog-data.

golds      how many golds run, how many are empty on the given rows, how many of both kinds can be graded, and that each earns full marks
accuracy   false accepts and false rejects on labelled pairs: a gold against mutants, rewrites and other golds. The labels come from
           `python -m benchmarks.sql_pairs FOLDER`, which shares no code with the grader; its file is given with --pairs
gaming     the mean score of answers that know nothing, or half of it
cost       a grade beside the bare execution of the same queries on the same instances, with both engines

--every N takes each Nth gold. Exit code 1 when a requirement is missed, 2 when a file is missing. The search for instances is kept in
`.rewardkit/instances` of the current folder: a second run takes a third of the time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sql_parts import accuracy, cost_cases, gaming, gold_runs
from sql_parts.golds import read_golds

PARTS = ("golds", "accuracy", "gaming", "cost")
PAIRS = Path(".bench/sql_pairs/pairs.jsonl")

Figures = dict[str, Any]


def main() -> int:
    """Measure the parts asked for, print their tables, and say by the exit code whether the requirements hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--parts", default=",".join(PARTS), help="comma-separated: golds, accuracy, gaming, cost"
    )
    parser.add_argument("--every", type=int, default=1, help="each Nth gold")
    parser.add_argument("--quick", action="store_true", help="every 24th gold")
    parser.add_argument(
        "--instances", default="", help='"given" or "auto:K"; the grader\'s own default when left out'
    )
    parser.add_argument(
        "--clock",
        default="",
        help="the moment that CURRENT_DATE means, as in 2026-11-26T12:00:00; the grader's own when left out; for the golds only",
    )
    parser.add_argument("--pairs", type=Path, default=PAIRS, help=f"labelled pairs (default {PAIRS})")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object as the last line instead of tables"
    )
    arguments = parser.parse_args()
    arguments.every = 24 if arguments.quick else arguments.every
    parts = [part.strip() for part in arguments.parts.split(",") if part.strip()]
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"--parts {unknown[0]}; allowed: {', '.join(PARTS)}")
    needed = [arguments.folder / "databases", *([arguments.pairs] if "accuracy" in parts else [])]
    if missing := [path for path in needed if not path.exists()]:
        print(f"benchmarks/sql.py: {missing[0]} is not there; see --help", file=sys.stderr)
        return 2
    figures = {part: _timed(part, _measures(arguments)[part]) for part in parts}
    if arguments.json:
        print(json.dumps(figures))
    return int(any(part["missed"] for part in figures.values()))


def _measures(arguments: argparse.Namespace) -> dict[str, Callable[[], Figures]]:
    settings: dict[str, object] = {"instances": arguments.instances} if arguments.instances else {}
    show = (lambda text: None) if arguments.json else print
    databases = arguments.folder / "databases"
    return {
        "golds": lambda: gold_runs.measure(
            read_golds(arguments.folder, arguments.every), settings, show, arguments.clock
        ),
        "accuracy": lambda: accuracy.measure(arguments.pairs, databases, arguments.every, settings, show),
        "gaming": lambda: gaming.measure(read_golds(arguments.folder, arguments.every), settings, show),
        "cost": lambda: cost_cases.measure(read_golds(arguments.folder, max(arguments.every, 12)), show),
    }


def _timed(part: str, measure: Callable[[], Figures]) -> Figures:
    print(f"{part} ...", file=sys.stderr, flush=True)
    start = time.perf_counter()
    return {**measure(), "seconds": round(time.perf_counter() - start, 1)}


if __name__ == "__main__":
    sys.exit(main())
