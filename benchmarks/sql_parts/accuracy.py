"""False accepts and false rejects on labelled pairs: the file that `python -m benchmarks.sql_pairs` writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
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


def measure(
    file: Path, databases: Path, every: int, settings: dict[str, object], show: Callable[[str], None]
) -> dict[str, Any]:
    """Grade every pair: the gold as reference, the other query as completion."""
    accuracy = Accuracy()
    for pair in pairs_of(file, every):
        _judge(pair, databases, settings, accuracy)
    accepted, different = accuracy.rate("different")
    rejected, equal = accuracy.rate("equal")
    mutants = sum(
        n for (kind, truth, _), n in accuracy.counts.items() if kind == "mutant" and truth == "different"
    )
    accepted_mutants = accuracy.counts["mutant", "different", "equal"]
    for (kind, truth, said), count in sorted(accuracy.counts.items()):
        show(f"{count:6d}  {kind:12} {truth:10} judged {said}")
    show(
        f"false accepts {accepted} of {different} ({accepted / max(1, different):.2%}); mutants {accepted_mutants} of {mutants}"
    )
    show(
        f"false rejects {rejected} of {equal} ({rejected / max(1, equal):.2%}); unscored {accuracy.unscored}"
    )
    for wrong in accuracy.wrong:
        show(
            json.dumps(
                {
                    key: wrong.get(key)
                    for key in ("database", "kind", "type", "label", "said", "why", "gold", "other")
                }
            )
        )
    rates = {"false accepts": accepted / max(1, different), "false rejects": rejected / max(1, equal)}
    return {
        "counts": {" ".join(key): count for key, count in sorted(accuracy.counts.items())},
        "false_accepts": [accepted, different],
        "false_accepts_of_mutants": [accepted_mutants, mutants],
        "false_rejects": [rejected, equal],
        "unscored": accuracy.unscored,
        "missed": [name for name, rate in rates.items() if rate > 0.01],
    }


def _judge(pair: dict[str, Any], databases: Path, settings: dict[str, object], accuracy: Accuracy) -> None:
    columns = {
        "completion": pair["other"], "reference": pair["gold"], "database": str(databases / f"{pair['database']}.sql"), **settings,
    }  # fmt: skip
    score = call(text_to_sql, columns)
    if score.value is None:
        accuracy.unscored += 1
        accuracy.wrong.append({**pair, "said": "unscored", "why": score.reason})
        return
    said = "equal" if score.value == 1 else "different"
    accuracy.counts[pair["kind"], pair["label"], said] += 1
    if said != pair["label"]:
        accuracy.wrong.append({**pair, "said": said, "why": score.reason})
