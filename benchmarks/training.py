"""What our reward layer costs in a training: `rewardkit train` beside TRL's own trainer with a plain Python function, and whether it grows.

    python benchmarks/training.py [--quick] [--json]

Both train the demo's size of model (300,000 weights) on the CPU: 96 completions of 32 tokens a step, the same settings, prompts, order, seeds and
checkpoints. The function computes the very rewards of our grader. CPU is user and system time of the process and of all below it, between the
beginning of step 6 and the end, so that set-up and evaluations do not count. Trainings of the two kinds alternate. A larger model makes the share
smaller: what we do depends on the number of completions, not on the model.

`overhead` may be below 0: `rewardkit train` draws tokens in a way of its own (see trainer/methods/by_place.py), which on a CPU costs less than
torch.multinomial. And on a machine that others use the two differ by more than the layer costs. So `layer` has the layer's share measured from within:
CPU of our reward, callbacks and worker processes over CPU of the bare training.

With --json the last line is one object; CPU figures are medians over the rounds, and `spread` has the least and the most of each.
    overhead       CPU of a step with our layer over CPU of a bare step, less 1
    layer          CPU of a step in our layer, less that of the bare function, over CPU of a bare step
    grader         CPU of a step in the grader itself, as plain Python, over CPU of a bare step; part of both trainings
    ours_ms, bare_ms, layer_ms, grader_ms    the same in milliseconds a step
    growth         of one long training: `steps`; the least-squares change over all of it, as a share of the mean, of a step's wall seconds (`seconds`, and
                   `seconds_bare` of TRL alone), of the CPU of our layer (`layer`) and of a piece of Python that is the same at every step (`probe`): where
                   both grow alike, it is the machine that slows; resident memory at its end over that at a tenth of it, less 1 (`memory`, and `memory_bare`
                   of TRL alone); CPU a step in the first and in the last fifth of our layer (`layer_ms`), of that piece (`probe_ms`), of each part (`parts_ms`)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness_parts.watching import watched
from scoring_parts.children import BENCHMARKS, QUIET, CannotMeasure, own_python
from training_parts.lines import Steps, change
from training_parts.project import COMPLETIONS, TOKENS, base, letters, write

SKIPPED = 5  # steps at the beginning: workers start, caches fill
SAVE_STEPS = 25  # a checkpoint about every ten seconds, as often as the demo has one


def measure(steps: int, rounds: int, long: int, folder: Path) -> dict[str, Any]:
    """The object that --json prints."""
    base(folder / "model")
    run = write(folder, steps, SAVE_STEPS)
    figures: dict[str, list[float]] = defaultdict(list)
    last: dict[str, Steps] = {}
    for turn in range(rounds):
        for kind in ("ours", "bare") if turn % 2 == 0 else ("bare", "ours"):
            trained = last[kind] = _trained(kind, run, folder / f"{kind}{turn}")
            figures[f"{kind}_ms"].append(1e3 * trained.each("cpu", SKIPPED))
            figures[f"layer_{kind}_ms"].append(1e3 * trained.each("layer", SKIPPED))
        figures["grader_ms"].append(1e3 * _grader_seconds())
    if long > steps:
        run = write(folder, long, SAVE_STEPS)
        last = {kind: _trained(kind, run, folder / f"{kind}-long") for kind in last}
    growth = _growth(last["ours"], last["bare"])
    medians = {name: statistics.median(values) for name, values in figures.items()}
    bare = medians["bare_ms"]
    return {
        "overhead": round(medians["ours_ms"] / bare - 1, 4),
        "layer": round((medians["layer_ours_ms"] - medians["layer_bare_ms"]) / bare, 4),
        "grader": round(medians["grader_ms"] / bare, 6),
        "ours_ms": round(medians["ours_ms"], 2),
        "bare_ms": round(bare, 2),
        "layer_ms": round(medians["layer_ours_ms"], 3),
        "grader_ms": round(medians["grader_ms"], 4),
        "growth": growth,
        "spread": {name: [round(min(values), 3), round(max(values), 3)] for name, values in figures.items()},
        "rounds": rounds,
        "steps": steps,
        "machine": {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version()},
    }


def _trained(kind: str, run: Path, work: Path) -> Steps:
    """One training, in a process of its own that ends with it."""
    command = [own_python(), "-m", "training_parts.child", kind, run, work]
    path = os.pathsep.join(
        filter(None, [*map(str, (BENCHMARKS, BENCHMARKS.parent)), os.environ.get("PYTHONPATH")])
    )
    one_thread = {"OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false", "PYTHONPATH": path}
    ran = watched(command, run.parent, {**QUIET, **one_thread})
    return Steps(json.loads(ran.said.splitlines()[-1]))


def _grader_seconds() -> float:
    """CPU seconds of the grader for the completions of one step, as plain Python; the least of several tries."""
    draw = random.Random(0)
    texts = ["".join(draw.choices("abc", k=2 * TOKENS)) for _ in range(COMPLETIONS)]
    tries = []
    for _ in range(20):
        began = time.process_time()
        for text in texts:
            letters(text, "a")
        tries.append(time.process_time() - began)
    return min(tries)


def _growth(ours: Steps, bare: Steps) -> dict[str, Any]:
    parts = {
        name.removeprefix("layer: "): _in_ms(ours.fifths(name, SKIPPED))
        for name in ours.names
        if name.startswith("layer: ")
    }
    return {
        "steps": ours.count,
        "seconds": round(change(ours.by_step("wall", SKIPPED)), 4),
        "seconds_bare": round(change(bare.by_step("wall", SKIPPED)), 4),
        "layer": round(change(ours.by_step("layer", SKIPPED)), 4),
        "probe": round(change(ours.by_step("probe", SKIPPED)), 4),
        "memory": round(ours.memory_growth(), 4),
        "memory_bare": round(bare.memory_growth(), 4),
        "layer_ms": _in_ms(ours.fifths("layer", SKIPPED)),
        "probe_ms": _in_ms(ours.fifths("probe", SKIPPED)),
        "parts_ms": dict(sorted(parts.items(), key=lambda part: -max(part[1]))),
    }


def _in_ms(seconds: Iterable[float]) -> list[float]:
    return [round(1e3 * value, 3) for value in seconds]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. 2, with the reason on standard error, when a training cannot be measured."""
    options = _options(arguments)
    counts = (8, 1, 0) if options.quick else (options.steps, options.rounds, options.long)
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(*counts, Path(folder))
    except CannotMeasure as error:
        print(f"benchmarks/training.py: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found) if options.json else _table(found))
    return 0


def _table(found: dict[str, Any]) -> str:
    growth, spread = found["growth"], found["spread"]

    def row(label: str, value: str, name: str = "") -> str:
        least, most = spread[name] if name else ("", "")
        return f"{label:<46} {value:>10} {least:>10} {most:>10}"

    return "\n".join(
        [
            row("CPU ms a step", "median").rstrip() + "      least       most",
            row("TRL with a plain function", f"{found['bare_ms']:.1f}", "bare_ms"),
            row("rewardkit train", f"{found['ours_ms']:.1f}", "ours_ms"),
            row("  of that in our layer", f"{found['layer_ms']:.2f}", "layer_ours_ms"),
            row("  of that in the grader itself", f"{found['grader_ms']:.3f}", "grader_ms"),
            row("overhead, between the trainings", f"{found['overhead']:.1%}"),
            row("overhead, measured from within", f"{found['layer']:.1%}"),
            "",
            f"over {growth['steps']} steps: a step's seconds {growth['seconds']:+.1%} (TRL alone {growth['seconds_bare']:+.1%}), our layer {growth['layer']:+.1%} "
            f"(a piece of Python that is always the same {growth['probe']:+.1%}), memory {growth['memory']:+.1%} (TRL alone {growth['memory_bare']:+.1%})",
            "",
            f"{'CPU ms a step in our layer':<46} {'first fifth':>12} {'last fifth':>12}",
            *(
                f"{name:<46} {first:>12.3f} {last:>12.3f}"
                for name, (first, last) in {
                    "all of it": growth["layer_ms"],
                    **growth["parts_ms"],
                    "(a piece of Python that is always the same)": growth["probe_ms"],
                }.items()
            ),
        ]
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object as the last line instead of the table"
    )
    parser.add_argument("--quick", action="store_true", help="a few steps, once: whether it works")
    parser.add_argument(
        "--steps", type=int, default=55, metavar="N", help="steps of each training (default: 55)"
    )
    parser.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="trainings of each kind (default: 5)"
    )
    parser.add_argument(
        "--long", type=int, default=300, metavar="N", help="steps of the long trainings (default: 300)"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
