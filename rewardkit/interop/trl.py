"""A grader as a reward function of TRL's GRPOTrainer (tested with trl 1.16).

    trainer = GRPOTrainer(model=..., reward_funcs=as_trl(query), train_dataset=data, ...)

The grader's columns are the data set's columns. Its code runs in killable worker processes: a completion that makes it raise, hang or
crash costs itself only and gets no reward (`None`), where TRL alone would lose the run. Give TRL one function only, made of several
graders with `weighted` or `gated`: with two or more, TRL counts a `None` as 0.

Each step logs, through TRL's own metrics: `<name>/unscored` (share), `<name>/unique` (distinct completions per group, as a share) and
`<name>/component/<part>` (mean over scored completions).
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ..errors import GraderError
from ..grader import BUILT_IN, Grader
from ..loading import Ref, load_grader, ref_of
from ..scores import Score
from ..scoring import Item, Scorer

LogMetric: TypeAlias = Callable[[str, float], None]

RESERVED = (
    "prompts",
    "completions",
    "completion_ids",
    "trainer_state",
    "log_extra",
    "log_metric",
    "environments",
)
"""Names that TRL passes itself: a column of that name is overwritten without a word, or stops the run."""


def as_trl(grader: Grader, *, name: str | None = None) -> TrlReward:
    """A picklable callable for `reward_funcs`; `name` is what TRL's metrics call it (default: the grader's name).

    Raises GraderError when the grader asks for a column whose name TRL uses itself.
    """
    taken = sorted({*grader.wants} & {*RESERVED})
    if taken:
        raise GraderError(
            f"it asks for the column '{taken[0]}', a name that TRL uses itself; rename the column of the data set",
            where=str(grader),
        )
    return TrlReward(grader, name or grader.name)


class TrlReward:
    """What `as_trl` makes. Called by TRL once per step with all completions of this process."""

    def __init__(self, grader: Grader, name: str) -> None:
        self.__name__ = name
        self._grader = grader
        self._scorer: Scorer | None = None

    def __call__(
        self,
        *,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        log_metric: LogMetric | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """One reward per completion, None where it is unscored."""
        data = {key: values for key, values in columns.items() if key not in RESERVED}
        self._check(data)
        items = [
            _item(prompt, completion, {key: values[index] for key, values in data.items()})
            for index, (prompt, completion) in enumerate(zip(prompts, completions, strict=True))
        ]
        if self._scorer is None:
            self._scorer = Scorer()
        scores = self._scorer.score(self._grader, items)
        if log_metric is not None:
            groups = [repr(prompt) for prompt in prompts]
            for metric, value in step_metrics(scores, [item.completion for item in items], groups):
                log_metric(f"{self.__name__}/{metric}", value)
        return [score.value for score in scores]

    def close(self) -> None:
        """End the worker processes; they end with this process anyway."""
        if self._scorer is not None:
            self._scorer.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (portable_ref(self._grader), self.__name__)

    def _check(self, columns: Mapping[str, Any]) -> None:
        available = [*BUILT_IN, *columns]
        for name in self._grader.needs:
            if name not in available:
                raise GraderError(
                    f"{self._grader} asks for '{name}'; the data set has: {', '.join(columns) or 'no further columns'}"
                )


def _rebuilt(ref: Ref, name: str) -> TrlReward:
    return TrlReward(load_grader(ref), name)


def portable_ref(grader: Grader) -> Ref:
    """Where another process finds the grader; PicklingError when it cannot (a notebook, a function's body)."""
    ref = ref_of(grader)
    if ref is None:
        raise pickle.PicklingError(
            f"{grader} is not in a file that another process can load; move it into a module"
        )
    return ref


def completion_text(completion: Any) -> str:
    """The text of what TRL calls a completion: a string, or chat messages, whose assistant turns count."""
    if isinstance(completion, str):
        return completion
    return "\n\n".join(_content(turn) for turn in completion if turn.get("role", "assistant") == "assistant")


def step_metrics(
    scores: Sequence[Score], completions: Sequence[str], groups: Sequence[Hashable]
) -> Iterator[tuple[str, float]]:
    """(name, value) pairs about one scored step; `groups[i]` tells to which prompt completion i belongs."""
    if not scores:
        return
    yield "unscored", sum(not score.scored for score in scores) / len(scores)
    texts: dict[Hashable, list[str]] = defaultdict(list)
    for group, text in zip(groups, completions, strict=True):
        texts[group].append(text)
    yield "unique", sum(len({*group}) / len(group) for group in texts.values()) / len(texts)
    parts: dict[str, list[float]] = defaultdict(list)
    for score in scores:
        for part in score.components:
            if score.scored and part.value is not None:
                parts[part.name].append(part.value)
    for part_name, values in parts.items():
        yield f"component/{part_name}", sum(values) / len(values)


def _item(prompt: Any, completion: Any, columns: dict[str, Any]) -> Item:
    if isinstance(prompt, str):
        return Item(completion_text(completion), {**columns, "prompt": prompt})
    text = "\n\n".join(_content(turn) for turn in prompt)
    return Item(
        completion_text(completion), {**columns, "prompt": text, "messages": [dict(turn) for turn in prompt]}
    )


def _content(turn: Mapping[str, Any]) -> str:
    content = turn.get("content")
    if isinstance(content, list):  # parts of a multi-part message: the texts among them
        return "".join(part.get("text", "") for part in content if isinstance(part, Mapping))
    return "" if content is None else str(content)
