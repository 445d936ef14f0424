"""A rubric applied to one answer: questions to the judge, verdicts, a score; or no score, and why.

Every criterion needs its verdict. When the judge could not be reached for one of them, refused it or answered in a way that cannot be read,
the answer is unscored with that cause, and never scored by the rest: a score over fewer criteria would be another rubric's. The
verdicts that there were are kept, so that trying again asks about the others only.
"""

from __future__ import annotations

import asyncio
import functools
import os
import weakref
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ..errors import Unscored
from ..scores import Component, Score
from ..scoring.stand_in_judge import is_stood_in
from .criteria import Criterion, total
from .judges import Judge, NoVerdict, ScriptedJudge
from .questions import Question, RubricQuestion, filled, without_thinking, word_count
from .replies import Unreadable, Verdict, verdicts_in
from .spending import note_estimate, paid
from .verdict_file import FOLDER, VerdictFile, key_of

Ask: TypeAlias = Literal["each", "group", "all"]

VERDICTS = "REWARDKIT_VERDICTS"
"""The variable that says what is done with kept verdicts: "use" (and keep new ones), "replay" (ask nobody), "off", "estimate" (ask nobody,
note what asking would cost)."""

_READINGS = 2  # so often a judge is asked for a reply that can be read

_files: dict[Path, VerdictFile] = {}
_under_way: weakref.WeakValueDictionary[Any, asyncio.Lock] = weakref.WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Manner:
    """How a rubric is applied.

    judges: one, or a panel whose middle verdict counts. ask: one question for each criterion, for each group, or for all of them.
    repeats: how often each judge is asked; the middle verdict counts. shortest: answers of fewer words earn nothing and are sent to nobody.
    """

    judges: tuple[Judge, ...]
    ask: Ask = "each"
    repeats: int = 1
    shortest: int = 2


async def applied(
    task: str,
    criteria: Sequence[Criterion],
    completion: str,
    prompt: str,
    columns: Mapping[str, Any],
    manner: Manner,
) -> Score:
    """The score of a completion, with a component for each criterion. Unscored with a judge's cause where a verdict is missing."""
    answer = without_thinking(completion)
    if word_count(answer) < manner.shortest:
        verdicts = {
            each.id: Verdict(each.verdicts[0], "the answer is too short to be judged") for each in criteria
        }
        return _score(criteria, verdicts)
    asked = [replace(each, text=filled(each.text, columns)) for each in criteria]
    questions = [RubricQuestion(task, prompt, answer, group) for group in _groups(asked, manner.ask)]
    several = await decisions(
        (replace(question, place=place), judge)
        for question in questions
        for judge in manner.judges
        for place in range(manner.repeats)
    )
    found: dict[str, list[Verdict]] = {each.id: [] for each in criteria}
    for decided in several:
        if isinstance(decided, NoVerdict):
            raise Unscored(str(decided), cause=decided.cause)
        for name, verdict in decided.items():
            found[name].append(verdict)
    return _score(criteria, {each.id: middle(each, found[each.id]) for each in criteria})


def middle(criterion: Criterion, verdicts: Sequence[Verdict]) -> Verdict:
    """The middle one of several verdicts, of two in the middle the lower; its reason says how many agree where not all do."""
    ordered = sorted(verdicts, key=lambda verdict: criterion.verdicts.index(verdict.verdict))
    chosen = ordered[(len(ordered) - 1) // 2]
    counts = Counter(verdict.verdict for verdict in verdicts)
    if len(counts) == 1:
        return chosen
    said = ", ".join(f"{counts[choice]} {choice}" for choice in criterion.verdicts if counts[choice])
    return Verdict(chosen.verdict, f"({said}) {chosen.reason}".strip())


async def decisions(
    asked: Iterable[tuple[Question, Judge]],
) -> list[dict[str, Verdict] | NoVerdict]:
    """What each judge says to its question, all at the same time, in their order; a NoVerdict in the place of what it did not say."""
    several = await asyncio.gather(
        *(_decided(question, judge) for question, judge in asked), return_exceptions=True
    )
    said: list[dict[str, Verdict] | NoVerdict] = []
    for decided in several:
        if isinstance(decided, BaseException) and not isinstance(decided, NoVerdict):
            raise decided
        said.append(decided)
    return said


async def _decided(question: Question, judge: Judge) -> dict[str, Verdict]:
    """The verdicts of one judge on one question: the kept ones, else those of a reply that can be read.

    Who asks the same at the same time waits for the first one's verdict.
    """
    mode = os.environ.get(VERDICTS, "use")
    if is_stood_in() or (isinstance(judge, ScriptedJudge) and not judge.identity):
        return await _asked(question, judge)
    if not judge.identity or mode == "off":
        _check_asking(mode, question, judge)
        return await _asked(question, judge)
    key, file = key_of(question, judge), _verdict_file()
    kept = file.get(key, question)
    if kept is not None:
        return kept
    _check_asking(mode, question, judge)
    lock = _under_way.setdefault((asyncio.get_running_loop(), key), asyncio.Lock())
    waits = lock.locked()
    async with lock:
        verdicts = file.get(key, question) if waits else None
        if verdicts is None:
            verdicts = await _asked(question, judge)
            file.put(key, question, verdicts)
        return verdicts


def _check_asking(mode: str, question: Question, judge: Judge) -> None:
    """NoVerdict where nobody may be asked."""
    if mode == "replay":
        names = ", ".join(criterion.id for criterion in question.criteria)
        raise NoVerdict(
            "judge_unavailable", f"no verdict on {names} is kept, and --replay-verdicts asks nobody"
        )
    if mode == "estimate":
        note_estimate(judge, question)
        raise NoVerdict("judge_unavailable", "nobody is asked in a dry run")


async def _asked(question: Question, judge: Judge) -> dict[str, Verdict]:
    """The verdicts of the first reply that can be read. Under test, a stand-in takes the place of every judge that is no script."""
    stood_in = is_stood_in() and not isinstance(judge, ScriptedJudge)
    ask = _stand_in().ask if stood_in else functools.partial(paid, judge)
    for reading in range(_READINGS):
        try:
            return verdicts_in((await ask(question)).text, question.criteria)
        except Unreadable as error:
            if reading == _READINGS - 1:
                raise NoVerdict("judge_unparseable", f"its reply cannot be read: {error}") from None
    raise AssertionError("a last reading either returns or raises")


@functools.cache
def _stand_in() -> Judge:
    from .openai_judge import OpenAIJudge

    return OpenAIJudge("stand-in", retries=0)


def _groups(criteria: Sequence[Criterion], ask: Ask) -> Iterable[tuple[Criterion, ...]]:
    if ask == "all":
        return [tuple(criteria)]
    if ask == "each":
        return [(criterion,) for criterion in criteria]
    groups: dict[str, list[Criterion]] = {}
    for criterion in criteria:
        groups.setdefault(criterion.group or f"\0{criterion.id}", []).append(criterion)
    return [tuple(group) for group in groups.values()]


def _score(criteria: Sequence[Criterion], verdicts: Mapping[str, Verdict]) -> Score:
    possible = sum(max(each.points, 0.0) for each in criteria)
    parts = []
    lost: list[tuple[float, str]] = []
    for each in criteria:
        verdict = verdicts[each.id]
        share = each.share(verdict.verdict)
        parts.append(Component(each.id, share, weight=each.points / possible, reason=verdict.reason))
        loss = max(each.points, 0.0) - each.points * share
        if loss > 0:
            lost.append((loss, f"{each.id} ({verdict.verdict}): {verdict.reason}".rstrip(": ")))
    value = total(criteria, {name: verdict.verdict for name, verdict in verdicts.items()})
    return Score(value, tuple(parts), reason=max(lost, key=lambda pair: pair[0])[1] if lost else "")


def _verdict_file() -> VerdictFile:
    """The one of the current folder; that of a folder which was left is closed."""
    folder = Path.cwd()
    if folder not in _files:
        for left in _files.values():
            left.close()
        _files.clear()
        _files[folder] = VerdictFile(folder / FOLDER / "verdicts.sqlite")
    return _files[folder]
