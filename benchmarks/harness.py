"""What a harness costs around a grader: `rewardkit grade` on 100,000 stored completions, and inspect_ai on the same rows.

    python benchmarks/harness.py [--quick] [--json] [--peers none]

The grader burns 10 us of CPU. Ours is the public command in a process of its own, with everything it does: both readings of the file, the
results, samples and report that it writes, its start and its worker processes. Overhead is all of their CPU seconds less those
of the grader alone in plain Python, over the rows; start-up counts in full. inspect_ai is measured in two ways, and is given the advantage that its start
does not count: the CPU of many rows less that of few, over the rows between. `eval` is a task whose solver
sets the stored completion, with model none/none; `score` scores a log that holds the completions already. Display, live log and
interim scores, which cost it most by default, are off. It gets 300 and 3,000 rows, since 100,000 would take it minutes.

With --json the last line is one object: medians over the rounds, and `spread` has the least and the most of each.
    overhead_us                         CPU us a completion of 200 characters around a grader of 10 us, of 100,000
    overhead_1kb_us, overhead_10k_us    the same with 1,000 characters; with 10,000 rows
    inspect_us, inspect_score_us        the same of inspect_ai, its grader's own 10 us taken off
    ratio                               the cheaper of the two over overhead_us
    peak_mb, peak_1kb_mb, peak_10k_mb   peak resident memory of our largest process
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from harness_parts import work
from harness_parts.watching import Watched, watched
from scoring_parts.children import BENCHMARKS, QUIET, CannotMeasure, own_python
from scoring_parts.environments import python_of

GRADER_SECONDS = 10e-6
SHORT, LONG = 200, 1000  # characters of a completion
FEW, MANY = 300, 3000  # rows for inspect_ai

Figures: TypeAlias = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measurement of ours: how many completions of how many characters, and what its figures are called."""

    name: str
    rows: int
    characters: int


MEASURES = (Measure("", 100_000, SHORT), Measure("_1kb", 100_000, LONG), Measure("_10k", 10_000, SHORT))


def measure(measures: Sequence[Measure], rounds: int, python: Path | None, folder: Path) -> Figures:
    """Every figure in each of the rounds; inspect_ai's only with its interpreter."""
    loops = work.loops_for(GRADER_SECONDS)
    (folder / "graders.py").write_text(work.GRADER.format(loops=loops))
    right = {
        each: work.write_rows(folder / f"rows{each.name}.jsonl", each.rows, each.characters)
        for each in measures
    }
    figures: Figures = defaultdict(list)
    for turn in range(rounds):
        grader = work.seconds_a_call(loops)
        figures["grader_us"].append(1e6 * grader)
        for each in measures:
            ran = _graded(each, right[each], f"{turn}{each.name}", folder)
            figures[f"overhead{each.name}_us"].append(1e6 * (ran.cpu_s / each.rows - grader))
            figures[f"wall{each.name}_us"].append(1e6 * ran.wall_s / each.rows)
            figures[f"peak{each.name}_mb"].append(max(ran.peaks_mb))
            figures[f"workers{each.name}_mb"].append(max(ran.peaks_mb[1:], default=0.0))
        if python is not None:
            _add_inspect(figures, python, grader, loops, folder)
    return figures


def _graded(measure: Measure, right: int, run: str, folder: Path) -> Watched:
    """`rewardkit grade`, whose mean must be the one that was counted while the rows were written."""
    command = [
        own_python(),
        "-m",
        "rewardkit",
        "grade",
        f"rows{measure.name}.jsonl",
        "-g",
        "graders.py",
        "--json",
    ]
    path = os.pathsep.join(filter(None, [str(BENCHMARKS.parent), os.environ.get("PYTHONPATH", "")]))
    ran = watched([*command, "--run", f"run{run}"], folder, {"PYTHONPATH": path})
    mean = json.loads(ran.said)["graders"][0]["score"]["mean"]
    if abs(mean - right / measure.rows) > 1e-9:
        raise CannotMeasure(f"rewardkit grade gives {mean}, and {right} of {measure.rows} are right")
    return ran


def _add_inspect(figures: Figures, python: Path, grader: float, loops: int, folder: Path) -> None:
    cpu: dict[tuple[str, int], float] = {}
    peak = 0.0
    for rows in (FEW, MANY):
        for how in ("eval", "store", "score"):
            with tempfile.TemporaryDirectory() as other:
                logs = str(folder / f"logs{rows}") if how != "eval" else other
                script = BENCHMARKS / "harness_parts" / "inspect_rows.py"
                command = [python, script, how, f"rows{MEASURES[0].name}.jsonl", rows, loops, logs]
                ran = watched(list(map(str, command)), folder, {**QUIET, "HOME": str(folder)})
            cpu[how, rows] = ran.cpu_s
            peak = max(peak, *ran.peaks_mb)
        for log in (folder / f"logs{rows}").glob("*.eval"):
            log.unlink()
    for how, name in (("eval", "inspect_us"), ("score", "inspect_score_us")):
        figures[name].append(1e6 * ((cpu[how, MANY] - cpu[how, FEW]) / (MANY - FEW) - grader))
    figures["inspect_peak_mb"].append(peak)


def summary(figures: Figures) -> dict[str, object]:
    """The object that --json prints."""
    medians = {name: round(statistics.median(values), 2) for name, values in figures.items()}
    first = ["overhead_us", "inspect_us", "inspect_score_us"]
    result: dict[str, object] = {name: medians[name] for name in first if name in medians}
    if "inspect_us" in medians:
        cheaper = min(medians["inspect_us"], medians["inspect_score_us"])
        result["ratio"] = round(cheaper / medians["overhead_us"], 1)
    result["peak_mb"] = medians["peak_mb"]
    return {
        **result,
        **medians,
        "spread": {name: [round(min(values), 2), round(max(values), 2)] for name, values in figures.items()},
        "rounds": len(figures["grader_us"]),
        "machine": {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version()},
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. 2, with the reason on standard error, when something that was asked for cannot be measured."""
    options = _options(arguments)
    measures = [Measure(m.name, m.rows // 20, m.characters) for m in MEASURES] if options.quick else MEASURES
    try:
        python = python_of("evaluation", options.environments) if options.peers == "all" else None
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(measures, 1 if options.quick else options.rounds, python, Path(folder))
    except CannotMeasure as error:
        print(f"benchmarks/harness.py: {error}", file=sys.stderr)
        return 2
    result = summary(figures)
    print(json.dumps(result) if options.json else _table(figures))
    return 0


def _table(figures: Figures) -> str:
    lines = [f"{'':<20} {'median':>10} {'least':>10} {'most':>10}"]
    lines += [
        f"{name:<20} {statistics.median(values):>10,.1f} {min(values):>10,.1f} {max(values):>10,.1f}"
        for name, values in figures.items()
    ]
    return "\n".join(lines)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object as the last line instead of the table"
    )
    parser.add_argument("--quick", action="store_true", help="a twentieth of our rows, once")
    parser.add_argument(
        "--rounds", type=int, default=3, metavar="N", help="how often everything is measured (default: 3)"
    )
    parser.add_argument("--peers", choices=("all", "none"), default="all", help="none: only ours")
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
