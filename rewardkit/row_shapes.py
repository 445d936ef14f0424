"""Rows as other tools write them: which of their columns are our prompt and our reference.

    {"question": "6 x 7?", "answer": "42"}                        prompt <- question, reference <- answer
    {"messages": [...], "reference_answer": "42"}                 reference <- reference_answer
    {"prompt": [...], "reward_model": {"ground_truth": "42"}}     reference <- reward_model.ground_truth
    {"instruction": "Add.", "input": "6 and 7", "output": "13"}   prompt <- instruction + input, reference <- output

The first row of a file decides for the file. What a row has under our own name, or what `--column` names, is never replaced. Where two
columns could be meant, none is taken, and whoever needs one says which they are (`undecided`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .columns import find_value, parts_of

TRUTH = (
    "reference",
    "ground_truth",
    "answer",
    "solution",
    "label",
    "target",
    "expected",
    "gold_answer",
    "correct_answer",
    "reference_answer",
    "expected_answer",
    "expected_output",
    "final_answer",
    "answers",
    "golden_answers",
)
"""What the column of the known-good answer is called."""

PROMPTS = ("prompt", "question", "problem", "instruction")
"""What the column of the prompt is called."""

PROMPTS_OR_NOT = ("query", "input")
"""What the prompt is called in some data, and something else in other."""

_ANSWERS = (
    "output",
    "response",
)  # the known-good answer beside a question; beside a `prompt`, perhaps a model's


@dataclass(frozen=True, slots=True)
class RowShape:
    """What the rows of one tool or data set look like: the columns that show it, and the paths of prompt and reference."""

    name: str
    shown_by: tuple[str, ...]
    prompt: str
    reference: str


ROW_SHAPES = (
    RowShape("verl", ("prompt", "reward_model.ground_truth"), "prompt", "reward_model.ground_truth"),
    RowShape("Alpaca", ("instruction", "input", "output"), "instruction + input", "output"),
    RowShape("Dolly", ("instruction", "context", "response"), "instruction + context", "response"),
    RowShape("MATH", ("problem", "solution", "answer"), "problem", "answer"),
    RowShape("SQuAD", ("context", "question", "answers.text"), "context + question", "answers.text"),
    RowShape("question with context", ("context", "question", "answer"), "context + question", "answer"),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was recognised of a file's first row: the name of its shape, our columns -> paths of theirs, and what stays undecided."""

    shape: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    undecided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def only(self, names: Collection[str]) -> Recognised:
        """The same for those of our columns alone."""
        return replace(self, columns={ours: path for ours, path in self.columns.items() if ours in names})

    def __str__(self) -> str:
        pairs = ", ".join(f"{ours} <- {path}" for ours, path in self.columns.items())
        return f"{self.shape} rows: {pairs}"


def recognise(row: Mapping[str, Any]) -> Recognised:
    """The shape of a row, of which what `--column` names has its name already."""
    lacking = [ours for ours, there in _ours(row).items() if not there]
    for shape in ROW_SHAPES:
        spelled = [_spelled(row, path) for path in shape.shown_by]
        if all(spelled):
            paths = {"prompt": shape.prompt, "reference": shape.reference}
            found = {ours: path for ours in lacking if (path := _spelled(row, paths[ours]))}
            return Recognised(shape.name, found)
    fitting = {ours: tuple(candidates(row, ours)) for ours in lacking}
    return Recognised(
        _named(row, fitting),
        {ours: paths[0] for ours, paths in fitting.items() if len(paths) == 1},
        {ours: paths for ours, paths in fitting.items() if len(paths) > 1},
    )


def candidates(row: Mapping[str, Any], ours: str) -> Iterator[str]:
    """The columns of a row that could be its prompt, or its reference."""
    prompts = [*_spelled_of(row, (*PROMPTS[1:], *PROMPTS_OR_NOT))]
    if ours == "prompt":
        yield from prompts
    elif ours == "reference":
        yield from _spelled_of(row, (*TRUTH[1:], *(_ANSWERS if prompts else ())))


def undecided(row: Mapping[str, Any], ours: str) -> str:
    """A sentence that names the columns that could be meant, and how to decide; empty when there are not two of them."""
    fitting = list(candidates(row, ours))
    if len(fitting) < 2:
        return ""
    return f" {' and '.join(map(repr, fitting))} could be it: --column {ours}={fitting[0]} decides."


def unwrapped(values: dict[str, Any]) -> dict[str, Any]:
    """A row as OpenAI's graders name it, `{"item": {...}}`, with the columns of the item beside it; any other row as it is."""
    item = values.get("item")
    if not isinstance(item, dict) or not values.keys() <= _AROUND_AN_ITEM:
        return values
    return {**item, **values}


_AROUND_AN_ITEM = {"item", "sample", "id", "completion", "gold", "wrong"}


def plain_name(name: str) -> str:
    """A name without the case and the signs between its words; the dot of a path stays."""
    return re.sub(r"[^\w.]|_", "", name).casefold()


def _ours(row: Mapping[str, Any]) -> dict[str, bool]:
    return {"prompt": "prompt" in row or "messages" in row, "reference": "reference" in row}


def _named(row: Mapping[str, Any], fitting: Mapping[str, tuple[str, ...]]) -> str:
    if isinstance(row.get("item"), Mapping):
        return "OpenAI item"
    if "prompt" in row:
        return "TRL prompt and completion" if "completion" in row else "TRL prompt"
    if "messages" in row:
        return "OpenAI messages"
    return "question and answer" if any(fitting.values()) else ""


def _spelled(row: Mapping[str, Any], path: str) -> str | None:
    """The path with its columns in the row's spelling; None when one of them is not there."""
    parts = [next(_spelled_of(row, [part]), None) for part in parts_of(path)]
    return None if None in parts else " + ".join(part for part in parts if part)


def _spelled_of(row: Mapping[str, Any], paths: Iterable[str]) -> Iterator[str]:
    known = {plain_name(name): name for name in row}
    for path in paths:
        if "." in path:
            if find_value(row, path) is not None:
                yield path
        elif plain_name(path) in known:
            yield known[plain_name(path)]
