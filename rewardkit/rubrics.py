"""`@rubric`: criteria that a judge model applies to an answer.

    @rubric(judge="gpt-4.1-mini")
    def support_reply(policy: str) -> list[Criterion]:
        \"\"\"Grade a support agent's reply to a customer.\"\"\"
        return [Criterion("cites", "Names the section of the policy that applies.", points=2),
                Criterion("invents", "States something that this policy does not say: {policy}", points=-3)]

The docstring is the judge's task. The function may ask for columns and for the prompt, but never for the completion: what is asked of an
answer must not depend on the answer. The score is the points earned over the sum of the positive points, within 0 and 1.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, Unpack, cast

from .errors import ConfigError, GraderError, did_you_mean
from .grader import Grader, grader_of, where_of
from .judging.applying import Ask, Manner, applied
from .judging.bars import MinKappa, bars_of
from .judging.criteria import Criterion, check_criteria
from .judging.declared import Declared
from .judging.judged_functions import USUALLY, Call, check_count, judged, task_of
from .judging.judges import Judge
from .options import OptionArgs, options_of
from .scores import Score


class RubricArgs(OptionArgs, total=False):
    """The keyword arguments of `@rubric`: those of every grader, and these.

    judge: the name of a model (`gpt-4.1-mini`, `openai:MODEL@URL`, `hf:FOLDER_OR_NAME` on this machine) or of a script beside the rubric
    (`script:FILE.py:FUNCTION`), a Judge, or a list of them: a panel whose middle verdict counts.
    ask: "each" criterion in a question of its own (default), the criteria of a "group" together, or "all" in one.
    repeats: how often each judge is asked; the middle verdict counts.
    shortest: an answer of fewer words earns nothing and is sent to nobody (default 2).
    min_kappa: the least agreement with people, as Cohen's kappa, above 0 and up to 1, on every criterion or by criterion id: without a
    calibration that shows it (`rewardkit calibrate`), `rewardkit test` fails.
    labels: a labels.jsonl, from the rubric's file on; what people agree on there are cases of `rewardkit test`.
    """

    judge: str | Judge | Sequence[str | Judge]
    ask: Ask
    repeats: int
    shortest: int
    min_kappa: MinKappa
    labels: str


class _Own(TypedDict):
    ask: Ask
    repeats: int
    shortest: int
    min_kappa: MinKappa | None


def rubric(**options: Unpack[RubricArgs]) -> Callable[[Callable[..., Any]], Grader]:
    """Declare a rubric. GraderError, with file and line, for a wrong option, or a function that asks for the completion."""

    def decorate(function: Callable[..., Any]) -> Grader:
        where = where_of(function, "rubric")
        given: dict[str, Any] = dict(options)
        judge = given.pop("judge", "")
        own: _Own = {
            "ask": given.pop("ask", "each"),
            "repeats": given.pop("repeats", 1),
            "shortest": given.pop("shortest", 2),
            "min_kappa": given.pop("min_kappa", None),
        }
        labels = given.pop("labels", "")
        check_manner(own["ask"], own["repeats"], own["shortest"], where)
        checked = options_of(cast(OptionArgs, {**USUALLY, **given}), where=where)
        task = task_of(function, "rubric")
        fixed = None if inspect.signature(function).parameters else _criteria(function(), where)
        _check_bar(own["min_kappa"], fixed, where)
        if not isinstance(labels, str):
            raise GraderError(
                f'labels={labels!r:.80} must be the name of a file: labels="labels.jsonl"', where=where
            )
        score = functools.partial(_score, task=task, own=own)
        wrapped = judged(function, "rubric", judge, checked.concurrency, ("completion",), score)
        criteria = functools.partial(_criteria_for, function, where)
        wrapped.declared = Declared(wrapped.judges, criteria, own["min_kappa"], labels)  # type: ignore[attr-defined]
        return grader_of(wrapped, "rubric", checked, name=given.get("name"))

    return decorate


async def _score(call: Call, *, task: str, own: _Own) -> Score:
    criteria = _criteria(call.returned, call.where)
    manner = Manner(call.judges, own["ask"], own["repeats"], own["shortest"])
    return await applied(task, criteria, call.given["completion"], call.prompt, call.columns, manner)


def _criteria_for(function: Callable[..., Any], where: str, row: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """The criteria for a row, by its columns."""
    given = {name: row[name] for name in inspect.signature(function).parameters if name in row}
    return _criteria(function(**given), where)


def check_manner(ask: str, repeats: int, shortest: int, where: str) -> None:
    """GraderError, at `where`, for a setting that is not allowed."""
    if ask not in ("each", "group", "all"):
        raise GraderError(
            f"ask={ask!r} must be one of each, group, all.{did_you_mean(str(ask), ('each', 'group', 'all'))}",
            where=where,
        )
    check_count("repeats", repeats, 1, where)
    check_count("shortest", shortest, 0, where)


def _check_bar(bar: MinKappa | None, fixed: Sequence[Criterion] | None, where: str) -> None:
    """Of criteria that depend on a row, the names are not known yet."""
    names = (
        [criterion.id for criterion in fixed] if fixed else list(bar) if isinstance(bar, Mapping) else ["any"]
    )
    try:
        bars_of(bar, names)
    except ConfigError as error:
        raise GraderError(error.message, where=where) from None


def _criteria(returned: object, where: str) -> tuple[Criterion, ...]:
    """What a rubric's function returned, checked."""
    if not isinstance(returned, list | tuple) or not all(isinstance(each, Criterion) for each in returned):
        raise GraderError(f"it must return a list of Criterion; got {returned!r:.80}", where=where)
    criteria = tuple(returned)
    _check_once(criteria, where)
    return criteria


@functools.lru_cache(1024)
def _check_once(criteria: tuple[Criterion, ...], where: str) -> None:
    check_criteria(criteria, where)
