"""The peers' own scores of the same rows, in their environment: inspect_ai's by a real `eval`, with its own means.

python peers_scores.py FOLDER      reads texts.jsonl, numbers.jsonl, choices.jsonl; prints {scorer: {"mean": x, "scores": {id: x}}}
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Scorer, answer, choice, exact, f1, includes, match
from inspect_ai.solver import Generate, Solver, TaskState, multiple_choice, solver
from lm_eval.api.metrics import exact_match_hf_evaluate
from lm_eval.filters.extraction import RegexFilter
from openevals.exact import exact_match

Rows: TypeAlias = Sequence[dict[str, Any]]
Found: TypeAlias = dict[str, dict[str, Any]]

_GSM8K = {"regexes_to_ignore": [",", "\\$", "(?s).*#### ", "\\.$"], "ignore_case": True}
_strict = RegexFilter("#### (\\-?[0-9\\.\\,]+)")
_flexible = RegexFilter("(-?[$0-9.,]{2,})|(-?[0-9]+)", group_select=-1)


@solver
def stored() -> Solver:
    """The completion of the row."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.output = ModelOutput.from_content("none/none", state.metadata["completion"])
        return state

    return solve


@solver
def stored_choice() -> Solver:
    """inspect_ai's own reading of a multiple choice, with the completion of the row in place of a generated one."""
    read = multiple_choice()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        async def from_row(state: TaskState, *_: Any, **__: Any) -> TaskState:
            state.output = ModelOutput.from_content("none/none", state.metadata["completion"])
            return state

        return await read(state, from_row)

    return solve


def inspect(rows: Rows, solving: Solver, scorers: dict[str, Scorer], logs: str) -> Found:
    """The scores of a real eval, and the means that it states."""
    samples = [
        Sample(
            id=row["id"],
            input=row["prompt"],
            target=row["reference"],
            choices=["v", "w", "x", "y", "z"] if solving is not _stored else None,
            metadata={"completion": row["completion"]},
        )
        for row in rows
    ]
    found: Found = {}
    for name, scorer in scorers.items():
        task = Task(dataset=samples, solver=solving, scorer=scorer)
        [log] = eval(task, model="none/none", log_dir=logs, display="none", log_realtime=False)
        if log.status != "success" or log.results is None or log.samples is None:
            raise SystemExit(f"inspect_ai: {log.status} {log.error}")
        metrics = log.results.scores[0].metrics
        found[name] = {
            "mean": (metrics.get("accuracy") or metrics["mean"]).value,
            "scores": {
                str(sample.id): _as_number(next(iter((sample.scores or {}).values())).value)
                for sample in log.samples
            },
        }
    return found


_stored = stored()


def _as_number(value: Any) -> float:
    return {"C": 1.0, "I": 0.0, "N": 0.0}[value] if isinstance(value, str) else float(value)


def each(rows: Rows, score: Callable[[str, str], float]) -> dict[str, Any]:
    """The scores one by one, and their mean."""
    scores = {row["id"]: float(score(row["completion"], row["reference"])) for row in rows}
    return {"mean": fmean(scores.values()), "scores": scores}


def _em(**settings: Any) -> Callable[[str, str], float]:
    return lambda completion, reference: exact_match_hf_evaluate([completion], [reference], **settings)[
        "exact_match"
    ]


def _filtered(filter_: RegexFilter) -> Callable[[str, str], float]:
    def score(completion: str, reference: str) -> float:
        [[found]] = filter_.apply([[completion]], [{}])
        return float(exact_match_hf_evaluate([found], [reference], **_GSM8K)["exact_match"])

    return score


def main(folder: Path) -> None:
    """Score everything."""
    texts, numbers, choices = (
        [json.loads(line) for line in (folder / f"{kind}.jsonl").read_text().splitlines()]
        for kind in ("texts", "numbers", "choices")
    )
    logs = str(folder / "logs")
    found: Found = {}
    found |= inspect(
        texts,
        _stored,
        {
            "match_end": match(),
            "match_begin": match("begin"),
            "match_any": match("any"),
            "match_exact": match("exact"),
            "includes": includes(),
            "exact": exact(),
            "f1": f1(),
        },
        logs,
    )
    numeric = {"match_numeric": match(numeric=True), "match_numeric_any": match("any", numeric=True)}
    found |= inspect(numbers, _stored, numeric, logs)
    found |= inspect(
        choices, _stored, {"answer_letter": answer("letter"), "answer_line": answer("line")}, logs
    )
    found |= inspect(choices, stored_choice(), {"choice": choice()}, logs)
    found["em_plain"] = each(texts, _em())
    found["em_lax"] = each(texts, _em(ignore_case=True, ignore_punctuation=True))
    found["em_no_numbers"] = each(texts, _em(ignore_numbers=True, regexes_to_ignore=[r"(?a)\s"]))
    found["gsm8k_strict"] = each(numbers, _filtered(_strict))
    found["gsm8k_flexible"] = each(numbers, _filtered(_flexible))
    found["same"] = each(
        texts,
        lambda completion, reference: exact_match(outputs=completion, reference_outputs=reference)["score"],
    )
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
