"""`@ranking`: a judge model compares the completions of one prompt, two at a time.

    @ranking(judge="gpt-4.1-mini")
    def kinder(policy: str) -> str:
        \"\"\"Compare replies of a support agent to a customer.\"\"\"
        return "The better reply is kinder and promises nothing beyond this policy: {policy}"

The docstring is the judge's task, the text says by what one answer is better than another. Each pair is asked about in both orders. The
score of a completion is its mean share in the comparisons with all others: 1 for a win, 0.5 for a tie. It is a place among these, not a
mark: the best of a bad group earns 1. `against="reference"` compares each completion with the row's reference instead, one by one.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias, TypedDict, Unpack, cast

from .errors import GraderError, Unscored, did_you_mean
from .grader import Grader, grader_of, where_of
from .judging import pairwise
from .judging.applying import Manner
from .judging.judged_functions import USUALLY, Call, check_count, judged, task_of
from .judging.judges import Judge
from .judging.questions import filled
from .options import OptionArgs, options_of
from .scores import Score

Against: TypeAlias = Literal["others", "reference"]


class RankingArgs(OptionArgs, total=False):
    """The keyword arguments of `@ranking`: those of every grader except `group`, which it sets itself, and these.

    judge: the name of a model (`gpt-4.1-mini`, `openai:MODEL@URL`), a Judge, or a list of them: a panel whose middle preference counts.
    against: each completion is compared with all "others" of its prompt (default; n x (n - 1) questions for n different ones), or with the
        row's "reference" (2 questions each).
    repeats: how often each judge is asked in both orders; the middle preference counts.
    shortest: a completion of fewer words loses against any longer one and is sent to nobody (default 2).
    """

    judge: str | Judge | Sequence[str | Judge]
    against: Against
    repeats: int
    shortest: int


class _Own(TypedDict):
    against: Against
    repeats: int
    shortest: int


def ranking(**options: Unpack[RankingArgs]) -> Callable[[Callable[..., Any]], Grader]:
    """Declare a ranking. GraderError, with file and line, for a wrong option, or a function that asks for the completions."""

    def decorate(function: Callable[..., Any]) -> Grader:
        where = where_of(function, "ranking")
        given: dict[str, Any] = dict(options)
        judge = given.pop("judge", "")
        own: _Own = {
            "against": given.pop("against", "others"),
            "repeats": given.pop("repeats", 1),
            "shortest": given.pop("shortest", 2),
        }
        _check(own, given, where)
        together = own["against"] == "others"
        defaults = {**USUALLY, "group": together}
        checked = options_of(cast(OptionArgs, {**defaults, **given}), where=where)
        task = task_of(function, "ranking")
        if not inspect.signature(function).parameters:
            _better(function(), where)
        takes = ("completions",) if together else ("completion", "reference")
        score = functools.partial(_score, task=task, **own)
        wrapped = judged(function, "ranking", judge, checked.concurrency, takes, score)
        return grader_of(wrapped, "ranking", checked, name=given.get("name"))

    return decorate


async def _score(
    call: Call, *, task: str, against: Against, repeats: int, shortest: int
) -> Score | list[Score]:
    better = filled(_better(call.returned, call.where), call.columns)
    manner = Manner(call.judges, repeats=repeats, shortest=shortest)
    if against == "others":
        return await pairwise.ranked(task, better, call.prompt, call.given["completions"], manner)
    return await _against_reference(task, better, call, manner)


async def _against_reference(task: str, better: str, call: Call, manner: Manner) -> Score:
    reference = call.given["reference"]
    if not isinstance(reference, str) or not reference.strip():
        raise Unscored(f"the reference must be a text to compare with, got {reference!r:.60}")
    return await pairwise.against(task, better, call.prompt, call.given["completion"], reference, manner)


def _check(own: _Own, given: dict[str, Any], where: str) -> None:
    allowed = ("others", "reference")
    if own["against"] not in allowed:
        raise GraderError(
            f"against={own['against']!r} must be one of {', '.join(allowed)}.{did_you_mean(str(own['against']), allowed)}",
            where=where,
        )
    check_count("repeats", own["repeats"], 1, where)
    check_count("shortest", own["shortest"], 0, where)
    if "group" in given:
        raise GraderError(
            "group= is for @reward: a ranking sees a group unless against='reference'", where=where
        )


def _better(returned: object, where: str) -> str:
    """What a ranking's function returned, checked."""
    if not isinstance(returned, str) or not returned.strip():
        raise GraderError(
            f"it must return a text that says what makes one answer better than another; got {returned!r:.80}",
            where=where,
        )
    return returned
