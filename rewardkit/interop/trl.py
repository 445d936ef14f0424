"""A grader as a reward function of TRL's GRPOTrainer (tested with trl 1.16).

    trainer = GRPOTrainer(model=..., reward_funcs=as_trl(query), train_dataset=data, ...)

The grader's columns are the data set's columns. Its code runs in killable worker processes: a completion that makes it raise, hang or
crash costs itself only and gets no reward (`None`), where TRL alone would lose the run. Give TRL one function only, made of several
graders with `weighted` or `gated`: with two or more, TRL counts a `None` as 0.

Each step logs, through TRL's own metrics: `<name>/unscored` (share), `<name>/unique` (distinct completions per group, as a share),
`<name>/reused` (share that was not graded again, being the same as one before) and `<name>/component/<part>` (mean over scored completions).

Under torchrun and accelerate each process scores the completions that it generated, with workers of its own. Should it fail as a whole on
one process (the grader cannot be loaded there, a column is missing), it raises on every one at the same step: raised on one alone, the
others would wait in TRL's gather until `ddp_timeout`.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from ..errors import GraderError
from ..grader import BUILT_IN, Grader
from ..loading import Ref, load_grader, ref_of
from ..scores import Score
from ..scoring import Item, Scorer
from ..scoring.scorer import MAX_WORKERS
from .trl_functions import GIVEN

LogMetric: TypeAlias = Callable[[str, float], None]

_T = TypeVar("_T")

RESERVED = GIVEN
"""A column of one of these names is overwritten by TRL without a word, or stops the run."""


def as_trl(grader: Grader, *, name: str | None = None, num_generations: int = 0) -> TrlReward:
    """A picklable callable for `reward_funcs`; `name` is what TRL's metrics call it (default: the grader's name).

    A grader of groups needs `num_generations`, the GRPOConfig's: TRL does not say where the completions of one prompt end and those of
    the same prompt, drawn again, begin. Raises GraderError without it, and when the grader asks for a column whose name TRL uses itself.
    """
    taken = sorted({*grader.wants} & {*RESERVED}.difference(BUILT_IN))
    if taken:
        raise GraderError(
            f"it asks for the column '{taken[0]}', a name that TRL uses itself; rename the column of the data set",
            where=str(grader),
        )
    if grader.in_groups and num_generations < 1:
        raise GraderError(
            "it grades the completions of a prompt together, so as_trl needs to know how many those are: as_trl(grader, "
            "num_generations=8), the number in GRPOConfig",
            where=str(grader),
        )
    return TrlReward(grader, name or grader.name, num_generations)


class TrlReward:
    """What `as_trl` makes. Called by TRL once per step with all completions of this process."""

    def __init__(self, grader: Grader, name: str, num_generations: int = 0) -> None:
        self.__name__ = name
        self._grader = grader
        self._num_generations = num_generations
        self._scorer: Scorer | None = None

    def __call__(
        self,
        *,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        log_metric: LogMetric | None = None,
        trainer_state: Any = None,
        **columns: Any,
    ) -> list[float | None]:
        """One reward per completion, None where it is unscored."""
        data = {key: values for key, values in columns.items() if key not in RESERVED}
        scorer = self._scorer = self._scorer or Scorer(workers=workers_here())
        reused = scorer.reused

        def score() -> tuple[list[Item], list[Score]]:
            self._check(data)
            items = self._items(prompts, completions, data)
            return items, scorer.score(self._grader, items)

        # Only TRL calls it on every process at the same moment, and TRL alone passes its state.
        items, scores = score() if trainer_state is None else _together(score)
        if log_metric is not None:
            groups = [item.group for item in items]
            for metric, value in step_metrics(scores, [item.completion for item in items], groups):
                log_metric(f"{self.__name__}/{metric}", value)
            calls = len({*groups}) if self._grader.in_groups else len(items)
            log_metric(f"{self.__name__}/reused", (scorer.reused - reused) / max(1, calls))
        return [score.value for score in scores]

    def close(self) -> None:
        """End the worker processes; they end with this process anyway."""
        if self._scorer is not None:
            self._scorer.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (portable_ref(self._grader), self.__name__, self._num_generations)

    def _items(
        self, prompts: Sequence[Any], completions: Sequence[Any], data: Mapping[str, Sequence[Any]]
    ) -> list[Item]:
        items = [
            _item(prompt, completion, {key: values[index] for key, values in data.items()})
            for index, (prompt, completion) in enumerate(zip(prompts, completions, strict=True))
        ]
        names = [repr(prompt) for prompt in prompts]
        size = self._num_generations
        if not size:
            return [replace(item, group=name) for item, name in zip(items, names, strict=True)]
        if self._grader.in_groups:
            self._check_groups(names, size)
        return [replace(item, group=f"{i // size}", members=size) for i, item in enumerate(items)]

    def _check_groups(self, prompts: Sequence[str], size: int) -> None:
        """A process gets a run of a generation's completions: whole groups only when their number is a multiple of `num_generations`."""
        groups = [{*prompts[start : start + size]} for start in range(0, len(prompts), size)]
        if len(prompts) % size or any(len(group) > 1 for group in groups):
            raise GraderError(
                f"it grades num_generations = {size} completions of a prompt together, and the {len(prompts)} completions of this process "
                "are not whole groups. per_device_train_batch_size x steps_per_generation must be a multiple of num_generations",
                where=str(self._grader),
            )

    def _check(self, columns: Mapping[str, Any]) -> None:
        available = [*BUILT_IN, *columns]
        for name in self._grader.needs:
            if name not in available:
                raise GraderError(
                    f"{self._grader} asks for '{name}'; the data set has: {', '.join(columns) or 'no further columns'}"
                )


def _rebuilt(ref: Ref, name: str, num_generations: int) -> TrlReward:
    return TrlReward(load_grader(ref), name, num_generations)


def _together(work: Callable[[], _T]) -> _T:
    """What `work` returned. When it raised on any process of a distributed training, every process raises."""
    if "torch" not in sys.modules:
        return work()
    import torch.distributed as dist

    if not (dist.is_available() and dist.is_initialized()):
        return work()
    done: list[_T] = []
    error: Exception | None = None
    try:
        done.append(work())
    except Exception as failure:  # noqa: BLE001  # raised again below, on every process
        error = failure
    told: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(told, None if error is None else f"{type(error).__name__}: {error}")
    if error is not None:
        raise error
    for rank, text in enumerate(told):
        if text is not None:
            raise GraderError(f"rank {rank}: {text}")
    return done[0]


def workers_here() -> int | None:
    """How many workers this process takes: a launcher's processes share the cores of a machine. None leaves it to the scorer."""
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return None if processes == 1 else max(1, min(MAX_WORKERS, (os.cpu_count() or 1) // processes))


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
    """(name, value) pairs about one scored step; `groups[i]` tells to which prompt completion i belongs.

    A name comes once for each value of it. TRL takes their mean over all processes, which is exact only so.
    """
    if not scores:
        return
    yield "unscored", sum(not score.scored for score in scores) / len(scores)
    texts: dict[Hashable, list[str]] = defaultdict(list)
    for group, text in zip(groups, completions, strict=True):
        texts[group].append(text)
    for own in texts.values():
        yield "unique", len({*own}) / len(own)
    for score in scores:
        for part in score.components:
            if score.scored and part.value is not None:
                yield f"component/{part.name}", part.value


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
