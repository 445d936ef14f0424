"""False accepts and false rejects on labelled pairs: the file that `python -m benchmarks.sql_pairs` writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql


@dataclass
class Accuracy:
    """Counts by kind of pair, and the pairs on which the grader and the label differ."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    unscored: int = 0

    def rate(self, label: str) -> tuple[int, int]:
        """How many pairs of this label were judged wrongly, and how many there were."""
        total = sum(n for (_, truth, _), n in self.counts.items() if truth == label)
        right = sum(n for (_, truth, said), n in self.counts.items() if truth == said == label)
        return total - right, total


def pairs_of(file: Path, every: int = 1) -> Iterator[dict[str, Any]]:
    """The labelled pairs; those whose label is undecided are left out."""
    with file.open(encoding="utf-8") as lines:
        pairs = [pair for line in lines if (pair := json.loads(line))["label"] in ("equal", "different")]
    golds = list(dict.fromkeys((pair["database"], pair["gold"]) for pair in pairs))
    kept = set(golds[::every])
    yield from (pair for pair in pairs if (pair["database"], pair["gold"]) in kept)


def measure(pairs: Iterator[dict[str, Any]], databases: Path, settings: dict[str, object]) -> Accuracy:
    """Grade every pair: the gold as reference, the other query as completion."""
    accuracy = Accuracy()
    for pair in pairs:
        database = str(databases / f"{pair['database']}.sql")
        columns = {"completion": pair["other"], "reference": pair["gold"], "database": database, **settings}
        score = call(text_to_sql, columns)
        if score.value is None:
            accuracy.unscored += 1
            accuracy.wrong.append({**pair, "said": "unscored", "why": score.reason})
            continue
        said = "equal" if score.value == 1 else "different"
        accuracy.counts[pair["kind"], pair["label"], said] += 1
        if said != pair["label"]:
            accuracy.wrong.append({**pair, "said": said, "why": score.reason})
    return accuracy
