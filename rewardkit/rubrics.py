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
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

from .errors import ConfigError, GraderError, did_you_mean
from .grader import Grader, grader_of, where_of
from .judging.applying import Ask, Manner, applied
from .judging.bars import MinKappa, bars_of
from .judging.criteria import Criterion, check_criteria
from .judging.declared import Declared
from .judging.judges import Judge
from .judging.named import judge_of
from .options import OptionArgs, options_of

# A judge has time-outs of its own, and waits for its turn among other calls; one that runs here takes the memory that its model takes.
_USUALLY: dict[str, Any] = {"answer": "free", "timeout": 1800.0, "memory_mb": None}
_NOT_ITS_OWN = ("completion", "completions", "messages", "sample")


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
        _check(own, function, where)
        checked = options_of(cast(OptionArgs, {**_USUALLY, **given}), where=where)
        task = inspect.getdoc(function) or ""
        if not task.strip():
            raise GraderError("a rubric needs a docstring: it is the judge's task", where=where)
        fixed = None if inspect.signature(function).parameters else _criteria(function(), where)
        _check_bar(own["min_kappa"], fixed, where)
        if not isinstance(labels, str):
            raise GraderError(
                f'labels={labels!r:.80} must be the name of a file: labels="labels.jsonl"', where=where
            )
        specs = tuple(judge) if isinstance(judge, list | tuple) else (judge,)
        wrapped = _judged(function, task, specs, own, checked.concurrency, labels)
        return grader_of(wrapped, "rubric", checked, name=given.get("name"))

    return decorate


def _judged(
    function: Callable[..., Any],
    task: str,
    specs: tuple[str | Judge, ...],
    own: _Own,
    concurrency: int,
    labels: str,
) -> Callable[..., Any]:
    """The rubric's function as one of a completion; the author's own is its `__wrapped__`. What it closes over is part of the fingerprint."""
    asked = inspect.signature(function).parameters

    def judges() -> tuple[Judge, ...]:
        where, folder = judged.where, judged.folder  # type: ignore[attr-defined]
        return tuple(judge_of(spec, concurrency, where, folder) for spec in specs)

    def criteria_for(row: Mapping[str, Any]) -> tuple[Criterion, ...]:
        given = {name: row[name] for name in asked if name in row}
        return _criteria(function(**given), judged.where)  # type: ignore[attr-defined]

    @functools.wraps(function)
    async def judged(completion: str, prompt: str = "", **columns: Any) -> Any:
        given = {name: value for name, value in {"prompt": prompt, **columns}.items() if name in asked}
        criteria = _criteria(function(**given), judged.where)  # type: ignore[attr-defined]
        manner = Manner(judges(), own["ask"], own["repeats"], own["shortest"])
        return await applied(
            inspect.getdoc(function) or "", tuple(criteria), completion, prompt, given, manner
        )

    parameters = [parameter for name, parameter in asked.items() if name != "prompt"]
    kinds = inspect.Parameter
    prompt = asked.get("prompt", kinds("prompt", kinds.KEYWORD_ONLY, default=""))
    all_of_them = [
        kinds("completion", kinds.KEYWORD_ONLY),
        *(parameter.replace(kind=kinds.KEYWORD_ONLY) for parameter in (prompt, *parameters)),
    ]
    judged.declared = Declared(judges, criteria_for, own["min_kappa"], labels)  # type: ignore[attr-defined]
    judged.where = where_of(function, "rubric")  # type: ignore[attr-defined]  # closed over, it would be in the fingerprint
    judged.folder = Path(inspect.getsourcefile(function) or "").parent  # type: ignore[attr-defined]
    judged.__signature__ = inspect.Signature(all_of_them)  # type: ignore[attr-defined]
    return judged


def _check(own: _Own, function: Callable[..., Any], where: str) -> None:
    if own["ask"] not in ("each", "group", "all"):
        raise GraderError(
            f"ask={own['ask']!r} must be one of each, group, all.{did_you_mean(str(own['ask']), ('each', 'group', 'all'))}",
            where=where,
        )
    for name, least in (("repeats", 1), ("shortest", 0)):
        value = own[name]  # type: ignore[literal-required]
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise GraderError(f"{name}={value!r} must be a whole number, {least} or more", where=where)
    for name in inspect.signature(function).parameters:
        if name in _NOT_ITS_OWN:
            raise GraderError(
                f"a rubric must not ask for '{name}': what is asked of an answer cannot depend on the answer. It may ask for columns and for "
                "the prompt; the judge sees the completion by itself",
                where=where,
            )
    if inspect.iscoroutinefunction(function):
        raise GraderError("a rubric's function is not async: it only returns its criteria", where=where)


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
