"""inspect_ai on stored completions, in the peers' environment, by one of two ways of its own.

    python inspect_rows.py eval  ROWS.jsonl COUNT LOOPS LOGS    a task whose solver sets the stored completion, with the scorer
    python inspect_rows.py store ROWS.jsonl COUNT LOOPS LOGS    the same without a scorer: makes the log that `score` needs
    python inspect_rows.py score ROWS.jsonl COUNT LOOPS LOGS    read the log, score it, write it again

No model is called. What costs it more than it needs here is off: the display, the buffer of a running eval, logging to it.
Prints the mean.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

from inspect_ai import Task, eval, score
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

sys.path.insert(0, str(Path(__file__).parents[1]))
from harness_parts.work import ends


@solver
def stored() -> Solver:
    """The completion of the row, as if a model had just written it."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.output = ModelOutput.from_content("none/none", state.metadata["completion"])
        return state

    return solve


@scorer(metrics=[accuracy()])
def ends_with(loops: int) -> Scorer:
    """The grader of the benchmark."""

    async def score_(state: TaskState, target: Target) -> Score:
        return Score(value=ends(state.output.completion, target.text, loops))

    return score_


def _samples(path: str, count: int) -> list[Sample]:
    with Path(path).open() as file:
        rows = [json.loads(line) for line in islice(file, count)]
    return [
        Sample(
            id=row["id"],
            input=row["prompt"],
            target=row["reference"],
            metadata={"completion": row["completion"]},
        )
        for row in rows
    ]


def main(how: str, path: str, count: int, loops: int, logs: str) -> None:
    """Do it one way."""
    if how == "score":
        [stored_log] = Path(logs).glob("*.eval")
        log = score(read_eval_log(str(stored_log)), ends_with(loops), display="none", copy=False)
        write_eval_log(log, str(stored_log))
    else:
        task = Task(
            dataset=_samples(path, count),
            solver=stored(),
            scorer=ends_with(loops) if how == "eval" else None,
        )
        [log] = eval(
            task,
            model="none/none",
            log_dir=logs,
            display="none",
            log_realtime=False,
            score_display=False,
            score=how == "eval",
        )
    if log.status != "success":
        raise SystemExit(f"inspect_ai: {log.status} {log.error}")
    if log.results is not None and log.results.scores:
        print(log.results.scores[0].metrics["accuracy"].value)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
