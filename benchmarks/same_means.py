"""The same stored completions scored by us and by our peers: are the means the same, and where they differ, on which rows and why.

    python benchmarks/same_means.py [--rows 600] [--seed 0] [--quick] [--json]

Rows are made by a seeded script (`means_parts/rows.py`): texts, numbers and choices in awkward writings, at least 500 of each. The peers score
them in an environment of their own, inspect_ai by a real `eval` with its own mean; ours by `rewardkit grade`. Each scorer of a peer has
two counterparts in `means_parts/graders.py`: a reward of a few lines that does the same, which must give the same mean, and where there is one
the nearest bundled grader, which means something else on purpose: there every row that differs is counted by the form of its completion and must have its reason in
`means_parts/reasons.py`.

The last line with --json is one object: `same` of `pairs` rewards give the peer's mean (to 1e-9) and score on every row but those with a
reason, `disagreements` counts rows, `unexplained` those without a reason. Ends with 1 when there are such.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

from means_parts.pairs import PAIRS, Pair
from means_parts.reasons import reason_of
from means_parts.rows import KINDS, made
from scoring_parts.children import BENCHMARKS, QUIET, CannotMeasure, own_python
from scoring_parts.environments import python_of

Rows: TypeAlias = Sequence[Mapping[str, Any]]
Scores: TypeAlias = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that two graders score differently. `ours` is None where ours has no score."""

    pair: Pair
    row: Mapping[str, Any]
    ours: float | None
    theirs: float

    @property
    def reason(self) -> str:
        """Why, in words; "" where nobody knows."""
        return reason_of(self.pair, self.row, self.ours, self.theirs)


@dataclass(frozen=True, slots=True)
class Compared:
    """One of our graders against a peer's scorer: both means, and the rows that differ."""

    pair: Pair
    rows: int
    ours: float
    theirs: float
    differences: Sequence[Difference]

    @property
    def same(self) -> bool:
        """Whether the means are the same and so are all scores."""
        return not self.differences and abs(self.ours - self.theirs) < 1e-9


def compared(files: Mapping[str, Rows], python: Path, folder: Path) -> list[Compared]:
    """Every pair on its rows."""
    for kind, rows in files.items():
        (folder / f"{kind}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    peers = json.loads(
        _said(
            [python, BENCHMARKS / "means_parts" / "peers_scores.py", folder],
            folder,
            {**QUIET, "HOME": str(folder)},
        )
    )
    ours: dict[str, Scores] = {}
    for kind in files:
        ours |= _ours(kind, sorted({pair.ours for pair in PAIRS if pair.kind == kind}), folder)
    return [_compared(pair, files[pair.kind], ours[pair.ours], peers[pair.theirs]) for pair in PAIRS]


def _compared(pair: Pair, rows: Rows, ours: Scores, theirs: Mapping[str, Any]) -> Compared:
    differences = [
        Difference(pair, row, ours[row["id"]], theirs["scores"][row["id"]])
        for row in rows
        if ours[row["id"]] is None or abs((ours[row["id"]] or 0.0) - theirs["scores"][row["id"]]) > 1e-9
    ]
    scored = [value for value in ours.values() if value is not None]
    return Compared(pair, len(rows), fmean(scored), theirs["mean"], differences)


def _ours(kind: str, names: Sequence[str], folder: Path) -> dict[str, Scores]:
    """What `rewardkit grade` gives: grader -> id -> score."""
    graders = [f"--grader={BENCHMARKS / 'means_parts' / 'graders.py'}:{name}" for name in names]
    command = [own_python(), "-m", "rewardkit", "grade", f"{kind}.jsonl", *graders, "--run", kind]
    path = os.pathsep.join(filter(None, [str(BENCHMARKS.parent), os.environ.get("PYTHONPATH", "")]))
    _said([*command, "--max-unscored", "1", "--json"], folder, {"PYTHONPATH": path})
    found: dict[str, dict[str, float | None]] = {name: {} for name in names}
    for line in (folder / "runs" / kind / "results.jsonl").read_text().splitlines():
        result = json.loads(line)
        found[result["grader"]][result["sample"]] = result["value"]
    return dict(found)


def _said(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode:
        raise CannotMeasure(f"{Path(command[1]).name} ended with {done.returncode}\n{done.stderr[-1500:]}")
    return done.stdout.strip().splitlines()[-1] if "peers" in str(command[1]) else done.stdout


def table(results: Sequence[Compared]) -> str:
    """The means side by side, then what differs: how often, by what kind of completion, an example and the reason."""
    lines = [
        f"{'peer':<10} {'scorer':<22} {'ours':<24} {'rows':>5} {'mean, theirs':>13} {'ours':>8} {'differ':>7}"
    ]
    lines += [
        f"{r.pair.peer:<10} {r.pair.theirs:<22} {r.pair.ours:<24} {r.rows:>5} {r.theirs:>13.4f} {r.ours:>8.4f} {len(r.differences):>7}"
        for r in results
    ]
    for result in results:
        kinds: dict[tuple[str, str], list[Difference]] = {}
        for each in result.differences:
            kinds.setdefault((each.row["form"], each.reason), []).append(each)
        if kinds:
            lines.append(f"\n{result.pair.ours} beside {result.pair.theirs} of {result.pair.peer}")
        for (form, reason), some in sorted(kinds.items(), key=lambda item: (item[0][1], item[0][0])):
            first = some[0]
            shown = f"{first.row['completion']!r:.50} ({first.row['reference']!r:.20}): ours {first.ours}, theirs {first.theirs:g}"
            lines.append(f"  {len(some):>3}  {form}: {shown}\n       {reason or 'UNEXPLAINED'}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Score, compare and print. 1 when a difference has no reason, 2 when something cannot be measured."""
    options = _options(arguments)
    count = 100 if options.quick else options.rows
    files = {kind: made(kind, count, options.seed) for kind in KINDS}
    try:
        python = python_of("evaluation", options.environments)
        with tempfile.TemporaryDirectory() as folder:
            results = compared(files, python, Path(folder))
    except CannotMeasure as error:
        print(f"benchmarks/same_means.py: {error}", file=sys.stderr)
        return 2
    differences = [each for result in results for each in result.differences]
    unexplained = [each for each in differences if not each.reason]
    found = {
        "rows": count * len(files),
        "pairs": sum(not r.pair.bundled for r in results),
        "same": sum(r.same for r in results if not r.pair.bundled),
        "disagreements": len(differences),
        "unexplained": len(unexplained),
        "means": {f"{r.pair.theirs} / {r.pair.ours}": [r.theirs, r.ours] for r in results},
    }
    print(table(results), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(found))
    return 1 if unexplained else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=600, metavar="N", help="rows of each kind (default: 600)")
    parser.add_argument("--seed", type=int, default=0, help="of the rows")
    parser.add_argument(
        "--json",
        action="store_true",
        help="one JSON object as the last line; the table goes to standard error",
    )
    parser.add_argument("--quick", action="store_true", help="100 rows of each kind")
    parser.add_argument(
        "--environments",
        type=Path,
        default=BENCHMARKS.parent / ".bench",
        metavar="FOLDER",
        help="where the peers' environments are, or are made (default: .bench in the project)",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
