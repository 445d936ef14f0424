"""What scoring costs: our layer beside plain Python, TRL's loop and our peers' layers, and our workers beside other executors.

    python benchmarks/scoring.py [--quick] [--json] [--peers none]

Same inputs, one run: every layer has a process of its own and they take turns (A B C A B C ...), so that the machine's noise hits all
alike. Figures are CPU microseconds a sample, the least over the turns; the layer's own input objects are timed apart (`prep`).
The peers live in environments of their own under `.bench/`, made on first use (about 1.7 GB, 3 minutes).

With --json the last line of standard output is one object. Its first keys:
    inline_us_64             Scorer.score of an inline reward that returns bool, 64 items, the typed scores included
    floor_us_64, peers_us_64 the same rewards by plain Python, and by each peer
    process_parent_us_4096   CPU of the parent, a tiny grader under process isolation, 2 warm workers, 4,096 items
    parallel_efficiency_50ms wall of two plain processes with half of the rows each, over ours: 64 graders that burn 50 ms of CPU, 2 workers
    ..._50ms_sleep           the same with graders that wait 50 ms
    parallel_busy_50ms       share of the two workers' time in which they had a 50 ms CPU grader at hand: steadier on a busy machine
    first_answer_s           a fresh Scorer to the first result of a process grader, median (`_cpu_s`: parent and worker)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from scoring_parts.children import BENCHMARKS, CannotMeasure, Child, own_python
from scoring_parts.environments import python_of
from scoring_parts.tables import executors_table, layers_table
from scoring_parts.work import loops_per_second

Figures: TypeAlias = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Part:
    """One layer or executor: its key in the figures, its module, and the peers' environment it needs ("" for ours)."""

    key: str
    module: str
    environment: str = ""


LAYERS = (
    Part("plain_python", "layers.plain_python"),
    Part("rewardkit", "layers.rewardkit_inline"),
    Part("rewardkit_ladder", "layers.rewardkit_ladder"),
    Part("trl", "layers.trl_loop"),
    Part("verifiers", "layers.verifiers_group", "main"),
    Part("verifiers_v1", "layers.verifiers_v1", "verifiers_v1"),
    Part("inspect_ai", "layers.inspect_scorer", "main"),
    Part("eval_protocol", "layers.eval_protocol_function", "main"),
    Part("openevals", "layers.openevals_exact", "main"),
)
EXECUTORS = (
    Part("plain_processes", "executors.plain_processes"),
    Part("rewardkit", "executors.rewardkit_process"),
    Part("futures_chunks_64", "executors.futures_chunks_64"),
    Part("futures_one_by_one", "executors.futures_one_by_one"),
    Part("pebble", "executors.pebble_pool", "main"),
    Part("loky", "executors.loky_pool", "main"),
)
OURS = ("plain_python", "rewardkit", "rewardkit_ladder")


@dataclass(frozen=True, slots=True)
class Plan:
    """How often: `repeats` by batch size in each of the turns; `slow` samples of 50 ms (8 for others' executors); `seconds` for each task."""

    turns: int
    repeats: dict[int, int]
    executor_turns: int
    slow: int
    seconds: float


ORDINARY = Plan(turns=8, repeats={1: 200, 64: 25, 4096: 2}, executor_turns=4, slow=64, seconds=1.0)
QUICK = Plan(turns=2, repeats={1: 100, 64: 15, 4096: 1}, executor_turns=1, slow=32, seconds=0.3)


def measure_layers(parts: Sequence[Part], pythons: dict[str, Path], plan: Plan, home: Path) -> Figures:
    """By layer: figures by batch size, and `memory`."""
    figures: Figures = {part.key: {} for part in parts}
    with ExitStack() as stack:
        children = {part.key: stack.enter_context(_child(part, pythons, home)) for part in parts}
        for part in sorted(parts, key=lambda part: not part.environment):  # a missing peer is told first
            children[part.key].ready()
        for _ in range(plan.turns):
            for batch, repeats in plan.repeats.items():
                for key, child in children.items():
                    _keep_least(figures[key], str(batch), child.ask("time", batch=batch, repeats=repeats))
        for key, child in children.items():
            figures[key]["memory"] = child.ask("memory", batch=64)
    return figures


def measure_executors(
    parts: Sequence[Part], pythons: dict[str, Path], plan: Plan, home: Path
) -> tuple[Figures, list[dict[str, float]]]:
    """By executor: figures by task, `start` among them; and every start of ours."""
    loops = loops_per_second()
    figures: Figures = {part.key: {} for part in parts}
    starts: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    for _ in range(plan.executor_turns):
        for part in parts:
            # A fresh process each turn: some pools leave a server behind that makes their next start look cheap.
            with _child(part, pythons, home) as child:
                child.ready()
                starts[part.key] += [child.ask("start") for _ in range(3 if part.key == "rewardkit" else 1)]
                slow = plan.slow if part.key in ("rewardkit", "plain_processes") else 8
                for name, task in _tasks(loops, slow).items():
                    _keep_least(figures[part.key], name, child.ask("time", **task, seconds=plan.seconds))
                child.ask("close")
    for key, answers in starts.items():
        figures[key]["start"] = {name: statistics.median(a[name] for a in answers) for name in answers[0]}
    return figures, starts["rewardkit"]


def _tasks(loops_per_second: float, slow: int) -> dict[str, dict[str, Any]]:
    """By name: the work, its amount and how many samples."""
    return {
        "tiny_4096": {"work": "tiny", "amount": 0, "count": 4096},
        "half_ms_256": {"work": "burning", "amount": 0.0005 * loops_per_second, "count": 256},
        "50ms_cpu": {"work": "burning", "amount": 0.05 * loops_per_second, "count": slow},
        "50ms_sleep": {"work": "sleeping", "amount": 0.05, "count": slow},
    }


def _child(part: Part, pythons: dict[str, Path], home: Path) -> Child:
    return Child(
        f"peer '{part.key}'" if part.environment else f"'{part.key}'",
        part.module,
        pythons[part.environment],
        home,
    )


def _keep_least(figures: dict[str, dict[str, float]], name: str, answer: dict[str, float]) -> None:
    before = figures.setdefault(name, answer)
    figures[name] = {key: min(value, before[key]) for key, value in answer.items()}


def summary(layers: Figures, executors: Figures, starts: list[dict[str, float]]) -> dict[str, Any]:
    """The object that --json prints: the figures with a requirement first, then all of them."""
    ours, floor = executors["rewardkit"], executors["plain_processes"]
    peers = [key for key in layers if key not in OURS]
    return {
        "inline_us_64": layers["rewardkit"]["64"]["us"],
        "floor_us_64": layers["plain_python"]["64"]["us"],
        "ladder_us_64": layers["rewardkit_ladder"]["64"]["us"],
        "process_parent_us_4096": ours["tiny_4096"]["parent_us"],
        "peers_us_64": {key: layers[key]["64"]["us"] for key in peers},
        "peers_prep_us_64": {key: layers[key]["64"]["prep_us"] for key in peers},
        "parallel_efficiency_50ms": floor["50ms_cpu"]["wall_us"] / ours["50ms_cpu"]["wall_us"],
        "parallel_efficiency_50ms_sleep": floor["50ms_sleep"]["wall_us"] / ours["50ms_sleep"]["wall_us"],
        "parallel_busy_50ms": 1 - ours["50ms_cpu"]["idle"],
        "first_answer_s": statistics.median(start["wall_s"] for start in starts),
        "first_answer_cpu_s": statistics.median(start["cpu_s"] for start in starts),
        "layers": layers,
        "executors": executors,
        "machine": {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version()},
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. 2, with the name and the reason on standard error, when something that was asked for cannot be measured."""
    options = _options(arguments)
    plan = QUICK if options.quick else ORDINARY
    start = time.monotonic()
    try:
        names = {part.environment for part in (*LAYERS, *EXECUTORS)} - {""}
        peers = (
            {name: python_of(name, options.environments) for name in sorted(names)}
            if options.peers == "all"
            else {}
        )
        pythons = {"": own_python(), **peers}
        layers, executors = ([p for p in parts if p.environment in pythons] for parts in (LAYERS, EXECUTORS))
        home = options.environments / "home"
        by_layer = measure_layers(layers, pythons, plan, home)
        by_executor, starts = measure_executors(executors, pythons, plan, home)
    except CannotMeasure as error:
        print(f"benchmarks/scoring.py: {error}", file=sys.stderr)
        return 2
    result = summary(by_layer, by_executor, starts)
    result["left_out"] = [p.key for p in (*LAYERS, *EXECUTORS) if p.environment not in pythons]
    result["seconds"] = time.monotonic() - start
    if options.json:
        print(json.dumps(result))
    else:
        print(layers_table(by_layer), executors_table(by_executor), _closing(result), sep="\n\n")
    return 0


def _closing(result: dict[str, Any]) -> str:
    lines = [
        f"{result['first_answer_s']:.3f} s (CPU {result['first_answer_cpu_s']:.3f} s) from a fresh Scorer to its first process result",
        f"{result['parallel_efficiency_50ms']:.2f} parallel efficiency on 50 ms of CPU, two workers to two plain processes; "
        f"{result['parallel_efficiency_50ms_sleep']:.2f} on 50 ms of waiting",
        f"{result['parallel_busy_50ms']:.1%} of the workers' time they had a 50 ms grader at hand",
        f"{result['seconds']:.0f} s, {result['machine']['cpus']} CPUs, load {result['machine']['load']:.1f}",
    ]
    if result["left_out"]:
        lines.append("left out by --peers none: " + ", ".join(result["left_out"]))
    return "\n".join(lines)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object as the last line instead of the tables"
    )
    parser.add_argument("--quick", action="store_true", help="fewer repeats: under a minute without peers")
    parser.add_argument(
        "--peers", choices=("all", "none"), default="all", help="none: only what our own environment holds"
    )
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
