"""Makes the labelled pairs of a folder of databases and questions.

    python -m benchmarks.sql_pairs FOLDER --out .bench/sql_pairs/pairs.jsonl [--every N]

FOLDER holds `databases/NAME.sql` and CSV files with the columns db_name and query, as the folder of `benchmarks/sql.py` does. A run
that was cut off goes on where it stopped; one that is complete takes in new verdicts. --every N takes every Nth question only.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from .candidates import made, runnable_ones, unrelated, variants
from .columns import equalities, parse
from .databases import Databases
from .facts import Schema
from .groups import open_group
from .implied import with_implied
from .progress import Progress
from .questions import Question, Skipped, read_questions, runnable
from .records import Record, record
from .schemas import load
from .verdicts import Verdicts, read_verdicts


def main() -> None:
    """Reads the command line and makes the pairs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sql_pairs", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(".bench/sql_pairs/pairs.jsonl"))
    parser.add_argument("--every", type=int, default=1, metavar="N")
    arguments = parser.parse_args()
    progress, verdicts = Progress(arguments.out), read_verdicts()
    progress.settle(verdicts)
    by_database = _questions(arguments.folder)
    wanted = {
        question.index for questions in by_database.values() for question in questions[:: arguments.every]
    }
    counts: Counter[str] = Counter()
    skipped: list[Skipped] = []
    for name in sorted(by_database):
        schema, databases, runnable_ones, left = _opened(arguments.folder, name, by_database[name])
        skipped += left
        for question in runnable_ones:
            if question.index in wanted and (name, question.index) not in progress.done:
                _one(question, runnable_ones, schema, databases, progress, verdicts, counts)
    progress.skipped({**asdict(one), "question": one.index} for one in skipped)
    print(file=sys.stderr)


def _questions(folder: Path) -> dict[str, list[Question]]:
    by_database: dict[str, list[Question]] = {}
    for question in read_questions(folder):
        by_database.setdefault(question.database, []).append(question)
    return by_database


def _opened(
    folder: Path, name: str, questions: list[Question]
) -> tuple[Schema, Databases, list[Question], list[Skipped]]:
    """A database with its shipped instance, what its golds imply, and the golds that run."""
    schema = load(name, (folder / "databases" / f"{name}.sql").read_text("utf-8"))
    databases = Databases(schema)
    databases.add({table.name: table.rows for table in schema.tables.values()})
    tried = [runnable(question, databases) for question in questions]
    kept = [question for question, _ in tried if question.golds]
    trees = [parse(gold.sql) for question in kept for gold in question.golds]
    databases.schema = schema = with_implied(
        schema, [pair for tree in trees for pair in equalities(tree, schema)]
    )
    return schema, databases, kept, [one for _, left in tried for one in left]


def _one(
    question: Question,
    questions: list[Question],
    schema: Schema,
    databases: Databases,
    progress: Progress,
    verdicts: Verdicts,
    counts: Counter[str],
) -> None:
    start = time.monotonic()
    records = list(_records(question, questions, schema, databases, verdicts))
    progress.add(question.database, question.index, records, time.monotonic() - start)
    counts.update(record.label for record in records)
    told = ", ".join(f"{count} {label}" for label, count in sorted(counts.items()))
    print(f"\r{question.database} {question.index}: {told}    ", end="", file=sys.stderr, flush=True)


def _records(
    question: Question, questions: list[Question], schema: Schema, databases: Databases, verdicts: Verdicts
) -> Iterator[Record]:
    group = open_group(question, schema, databases)
    if group is None:
        print(
            f"\n{question.database} {question.index}: the gold does not come back from a parser",
            file=sys.stderr,
        )
        return
    tried = [runnable_ones(found, databases) for found in made(group.tree, schema, group.seed, group.dialect)]
    others = [other for kept, _ in tried for other in kept] + variants(question)
    broken = [labelled for _, lost in tried for labelled in lost]
    for labelled in (*broken, *group.labelled(others, unrelated(question, questions))):
        yield record(question, group.gold, labelled, verdicts)


if __name__ == "__main__":
    main()
