"""Try `text_to_sql` on the questions of defog's sql-eval: every gold query as an answer to itself, and to its neighbour.

    python benchmarks/defog.py PATH/TO/defog [--verbose] [--quick] [--json]

The folder holds the `*_postgres.csv` files and `databases/NAME.sql` of the public repositories defog-ai/sql-eval and defog-ai/defog-data.
Gold variants with a free choice of columns (`{a,b}`) are left out; --quick takes every eighth of the rest. Prints one line per measure, or
with --json one object as the last line; exit 1 when a requirement is missed, 2 when a file of the folder is missing.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from rewardkit import Score
from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql
from rewardkit.graders.sql.engines.duckdb_databases import Database, open_database
from rewardkit.graders.sql.comparing.equality import difference, expected_of
from rewardkit.graders.sql.engines.duckdb_execution import Table, run
from rewardkit.graders.sql.engines.duckdb_reading import Bound, read_query

CSV_FILES = ("instruct_advanced_postgres.csv", "instruct_basic_postgres.csv", "questions_gen_postgres.csv")
AS_WRITTEN_AT_LEAST = 0.92


@dataclass(frozen=True)
class Gold:
    """One gold variant and the fixture it runs on."""

    sql: str
    database: str


@dataclass
class Tally:
    """Counts by measure, and the cases worth reading."""

    counts: Counter[str] = field(default_factory=Counter)
    notable: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def note(self, measure: str, gold: Gold, more: str) -> None:
        self.counts[measure] += 1
        self.notable.append(f"{measure}: {Path(gold.database).stem}: {more}\n    {gold.sql[:300]}")


def gold_variants(folder: Path) -> list[Gold]:
    """Every gold query without a free choice of columns, in file order."""
    golds: list[Gold] = []
    for name in CSV_FILES:
        with (folder / name).open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                database = str(folder / "databases" / f"{row['db_name']}.sql")
                golds += [
                    Gold(sql.strip(), database)
                    for sql in row["query"].split(";")
                    if sql.strip() and "{" not in sql
                ]
    return golds


def measure(golds: list[Gold]) -> Tally:
    """Grade every gold against itself, its rewrites and the next different gold of its database."""
    tally = Tally()
    following = _next_of_database(golds)
    for gold in golds:
        score = _grade(gold, gold.sql, tally)
        database = open_database(gold.database)
        result = _result(gold, database)
        if score.value is None or result is None:
            tally.note("unscored", gold, f"{score.cause}: {score.reason[:200]}")
            continue
        tally.counts["as written" if not score.component("binds").reason else "translated"] += 1
        if not result.rows:
            _check_empty(gold, score, tally)
            continue
        tally.counts["returns rows"] += 1
        if score.value != 1.0:
            tally.note("NOT FULL against itself", gold, _reasons(score))
        for kind, rewrite in _rewrites(gold.sql):
            tally.counts[f"{kind} rewrites"] += 1
            if _grade(gold, rewrite, tally).value != 1.0:
                tally.note(
                    f"NOT FULL as {kind} rewrite",
                    gold,
                    f"{_reasons(_grade(gold, rewrite, tally))} {rewrite[:300]}",
                )
        _check_next(gold, following.get(gold), result, database, tally)
    return tally


def _check_empty(gold: Gold, score: Score, tally: Tally) -> None:
    tally.counts["empty"] += 1
    if score.value == 1.0 or "no rows" not in _reasons(score):
        tally.note("EMPTY GOLD without reason or with full marks", gold, _reasons(score))


def _check_next(gold: Gold, other: Gold | None, result: Table, database: Database, tally: Tally) -> None:
    """The next gold must not earn full marks, unless it returns the very same rows and columns."""
    if other is None:
        return
    tally.counts["next golds"] += 1
    if _grade(gold, other.sql, tally).value != 1.0:
        return
    other_result = _result(other, database)
    same = other_result is not None and not difference(expected_of(result), other_result)
    tally.note("next gold is full (same result)" if same else "NEXT GOLD IS FULL", gold, other.sql[:300])


def _grade(gold: Gold, completion: str, tally: Tally) -> Score:
    start = time.perf_counter()
    score = call(
        text_to_sql,
        {"completion": completion, "reference": gold.sql, "database": gold.database, "dialect": "postgres"},
    )
    tally.seconds.append(time.perf_counter() - start)
    if score.cause not in (None, "bad_reference"):
        tally.note("CRASH", gold, f"{score.cause}: {score.reason[:200]}")
    return score


def _result(gold: Gold, database: Database) -> Table | None:
    read = read_query(gold.sql, database, "postgres")
    table = run(database, read.query.sql) if isinstance(read, Bound) else None
    return table if isinstance(table, Table) else None


def _next_of_database(golds: list[Gold]) -> dict[Gold, Gold]:
    """For each gold the next one of its database with another text, round the end."""
    by_database: defaultdict[str, list[Gold]] = defaultdict(list)
    for gold in dict.fromkeys(golds):
        by_database[gold.database].append(gold)
    return {
        gold: group[(i + 1) % len(group)]
        for group in by_database.values()
        for i, gold in enumerate(group)
        if len(group) > 1
    }


def _rewrites(sql: str) -> Iterator[tuple[str, str]]:
    """The query as sqlglot formats it, and with every output column under another name."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    aliased = _aliased(tree)
    for dialect in ("postgres", "duckdb"):
        try:
            yield (
                f"formatted ({dialect})",
                tree.sql(dialect=dialect, pretty=True, unsupported_level=ErrorLevel.RAISE),
            )
            if aliased is not None:
                yield f"aliased ({dialect})", aliased.sql(dialect=dialect, unsupported_level=ErrorLevel.RAISE)
        except UnsupportedError:
            continue  # sqlglot cannot say this in the other dialect: no rewrite, rather than a wrong one


def _aliased(tree: exp.Expr) -> exp.Expr | None:
    """A copy whose output columns are called answer_1, answer_2 ...; None where the query names them elsewhere or uses `*`."""
    if not isinstance(tree, exp.Select) or tree.is_star:
        return None
    copy = tree.copy()
    names = {projection.alias.lower() for projection in copy.selects if isinstance(projection, exp.Alias)}
    clauses = [copy.args[key] for key in ("group", "having", "order", "qualify") if copy.args.get(key)]
    used = {column.name.lower() for clause in clauses for column in clause.find_all(exp.Column)}
    if names & used:
        return None
    copy.set(
        "expressions", [exp.alias_(p.unalias(), f"answer_{i}") for i, p in enumerate(copy.selects, start=1)]
    )
    return copy


def _reasons(score: Score) -> str:
    return "; ".join(
        dict.fromkeys(
            part.reason for part in score.components if part.reason and part.reason != "not reached"
        )
    )


def main() -> int:
    """Measure, print, and say by the exit code whether the requirements hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="print every notable case")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object as the last line instead of the lines"
    )
    parser.add_argument("--quick", action="store_true", help="every eighth question")
    arguments = parser.parse_args()
    missing = [name for name in (*CSV_FILES, "databases") if not (arguments.folder / name).exists()]
    if missing:
        print(
            f"benchmarks/defog.py: {arguments.folder / missing[0]} is not there; see --help", file=sys.stderr
        )
        return 2
    golds = gold_variants(arguments.folder)[:: 8 if arguments.quick else 1]
    tally = measure(golds)
    figures = _figures(golds, tally)
    if arguments.verbose:
        print(*tally.notable, sep="\n")
    print(json.dumps(figures) if arguments.json else _lines(figures))
    return int(bool(figures["missed"]))


def _figures(golds: list[Gold], tally: Tally) -> dict[str, Any]:
    seconds = sorted(tally.seconds)
    share = tally.counts["as written"] / len(golds)
    missed = [name for name in tally.counts if name.isupper() or name.startswith("NOT")]
    return {
        "golds": len(golds),
        "as_written": share,
        "grades": len(seconds),
        "median_ms": seconds[len(seconds) // 2] * 1e3,
        "max_s": seconds[-1],
        "counts": dict(sorted(tally.counts.items())),
        "missed": missed + (["as written"] if share < AS_WRITTEN_AT_LEAST else []),
    }


def _lines(figures: dict[str, Any]) -> str:
    return "\n".join(
        [
            *(f"{count:5d}  {name}" for name, count in figures["counts"].items()),
            f"{figures['golds']:5d}  gold variants; {figures['grades']} grades, "
            f"median {figures['median_ms']:.1f} ms, max {figures['max_s']:.2f} s",
            f"{figures['as_written']:.1%} run as written (at least {AS_WRITTEN_AT_LEAST:.0%})",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
