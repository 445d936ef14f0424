"""Counts the pairs of a run by kind and label.

python -m benchmarks.sql_pairs.summary .bench/sql_pairs/pairs.jsonl
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def summary(out: Path) -> str:
    """Lines of counts: kinds and labels, the discarded share of mutants, its types."""
    lines = [
        line for name in (out.name, "discarded.jsonl", "review.jsonl") for line in _read(out.with_name(name))
    ]
    labels = Counter((line["kind"], line["label"]) for line in lines)
    told = [f"{kind:12}{label:14}{count:7}" for (kind, label), count in sorted(labels.items())]
    mutants = [line for line in lines if line["kind"] == "mutant"]
    lost = [line for line in mutants if line["label"] != "different"]
    told += [f"discarded mutants: {len(lost)} of {len(mutants)}, {len(lost) / max(len(mutants), 1):.1%}"]
    told += [
        f"  {type_:28}{count:4}" for type_, count in Counter(line["type"] for line in lost).most_common()
    ]
    return "\n".join(told)


def _read(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


if __name__ == "__main__":
    print(summary(Path(sys.argv[1])))
