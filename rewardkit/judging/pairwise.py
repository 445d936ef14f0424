"""Answers compared two at a time, and what each is worth by its comparisons.

A judge that prefers whatever stands first would reward the order. So each pair is asked about in both orders, and a preference counts only
when both agree; otherwise it is a tie. How often they do not agree is told with every score, and by `position_bias`.

What needs no judge is decided without one: equal texts tie, and an answer of too few words loses against a longer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, TypeAlias

from ..errors import Unscored
from ..scores import Component, Score
from .applying import Manner, decisions
from .comparisons import BETTER, ComparisonQuestion
from .judges import Judge, NoVerdict
from .questions import Question, without_thinking, word_count
from .replies import Verdict

Winner: TypeAlias = Literal["first", "second", "tie"]
Pair: TypeAlias = tuple[str, str]
"""Two answers as a judge sees them, without their thinking."""

ORDERS_AGREE = "orders_agree"
"""The component of a score with the share of its comparisons, 0 to 1, in which both orders gave the same."""

_SHARES: dict[Winner, float] = {"first": 1.0, "tie": 0.5, "second": 0.0}
_SWAPPED: dict[Winner, Winner] = {"first": "second", "tie": "tie", "second": "first"}


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of two answers is better, and why.

    asked: how often both orders were asked (judges times repeats; 0 when it was decided without a judge). agreed: how often they gave the same.
    earlier, later: how often the judge took the answer that stood first, or second, whichever it was.
    """

    winner: Winner
    reason: str = ""
    asked: int = 0
    agreed: int = 0
    earlier: int = 0
    later: int = 0

    def swapped(self) -> Preference:
        """The same, of the two in the other order."""
        return replace(self, winner=_SWAPPED[self.winner])


@dataclass(frozen=True, slots=True)
class PositionBias:
    """How much the order of two answers sways a judge, over `asked` comparisons in both orders. Shares of them, 0 to 1.

    agree: both orders gave the same. earlier, later: the answer that stood first, or second, won both times, so nothing but its place can have
    won. The rest: a tie in one order and a winner in the other.
    """

    asked: int
    agree: float
    earlier: float
    later: float


def position_bias(preferences: Iterable[Preference | NoVerdict]) -> PositionBias | None:
    """The position bias in these preferences; None when no judge was asked for any."""
    known = [each for each in preferences if isinstance(each, Preference)]
    asked = sum(each.asked for each in known)
    if not asked:
        return None
    return PositionBias(
        asked,
        sum(each.agreed for each in known) / asked,
        sum(each.earlier for each in known) / asked,
        sum(each.later for each in known) / asked,
    )


async def preferences(
    task: str, better: str, prompt: str, pairs: Sequence[Pair], manner: Manner
) -> list[Preference | NoVerdict]:
    """Which of each pair is better, by what `better` says; a NoVerdict for a pair on which a verdict is missing.

    Of several judges or repeats the middle preference counts, a tie when two in the middle differ.
    """
    known = [_without_a_judge(pair, manner.shortest) for pair in pairs]
    asked: list[tuple[Question, Judge]] = [
        (ComparisonQuestion(task, prompt, *order, better, place), judge)
        for pair, preference in zip(pairs, known, strict=True)
        if preference is None
        for judge in manner.judges
        for place in range(manner.repeats)
        for order in (pair, pair[::-1])
    ]
    said = await decisions(asked)
    times = 2 * len(manner.judges) * manner.repeats
    decided = (_of_both_orders(said[start : start + times]) for start in range(0, len(said), times))
    return [next(decided) if preference is None else preference for preference in known]


async def ranked(
    task: str, better: str, prompt: str, completions: Sequence[str], manner: Manner
) -> list[Score]:
    """For each completion its mean share, 0 to 1, in the comparisons with all others: a win counts 1, a tie 0.5.

    Equal completions get equal scores, and each text is compared once. One that lacks a comparison is unscored with the judge's cause, and
    so is the other of that pair; the rest have all of theirs, and are scored. Unscored (not_applicable) for a single completion.
    """
    if len(completions) < 2:
        raise Unscored(
            "a ranking compares the completions of one prompt, and here is one only", cause="not_applicable"
        )
    texts = [without_thinking(completion) for completion in completions]
    pairs = list(combinations(dict.fromkeys(texts), 2))
    found = dict(zip(pairs, await preferences(task, better, prompt, pairs, manner), strict=True))
    return [
        _score([_between(text, other, found) for at, other in enumerate(texts) if at != place])
        for place, text in enumerate(texts)
    ]


async def against(
    task: str, better: str, prompt: str, completion: str, reference: str, manner: Manner
) -> Score:
    """1 when the completion is better than the reference, 0.5 for a tie, 0 when it is worse; unscored when a verdict is missing.

    Only the completion can be too short to be judged: a reference of one word may be a good one.
    """
    text, other = without_thinking(completion), reference.strip()
    if text != other and word_count(text) < manner.shortest:
        return _score([_TOO_SHORT.swapped()])
    unbound = replace(manner, shortest=0)
    return _score(await preferences(task, better, prompt, [(text, other)], unbound))


_TOO_SHORT = Preference("first", "the other answer is too short to be judged")


def _without_a_judge(pair: Pair, shortest: int) -> Preference | None:
    first, second = pair
    if first == second:
        return Preference("tie", "both are the same")
    lacking = [word_count(text) < shortest for text in pair]
    if all(lacking):
        return Preference("tie", "both are too short to be judged")
    if not any(lacking):
        return None
    return _TOO_SHORT if lacking[1] else _TOO_SHORT.swapped()


def _of_both_orders(said: Sequence[dict[str, Verdict] | NoVerdict]) -> Preference | NoVerdict:
    """One preference from verdicts that come in twos: of a pair as it stands, and of it swapped."""
    verdicts: list[Verdict] = []
    for each in said:
        if isinstance(each, NoVerdict):
            return each
        verdicts.append(each[BETTER])
    both = [_of_two(*two) for two in zip(verdicts[::2], verdicts[1::2], strict=True)]
    ordered = sorted(both, key=lambda each: _SHARES[each.winner])
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    chosen = low if low.winner == high.winner else Preference("tie", "the judges do not agree")
    return replace(
        chosen,
        asked=len(both),
        agreed=sum(each.agreed for each in both),
        earlier=sum(each.earlier for each in both),
        later=sum(each.later for each in both),
    )


def _of_two(straight: Verdict, swapped: Verdict) -> Preference:
    winners: dict[str, Winner] = {"A": "first", "B": "second", "tie": "tie"}
    one, other = winners[straight.verdict], _SWAPPED[winners[swapped.verdict]]
    if one == other:
        return Preference(one, straight.reason, 1, 1)
    told = f"its verdict changed with the order, from {straight.verdict} to {swapped.verdict}"
    same = straight.verdict == swapped.verdict
    if same:
        told = (
            f"it took the answer that stood {'first' if straight.verdict == 'A' else 'second'} in both orders"
        )
    return Preference(
        "tie",
        told,
        1,
        earlier=int(same and straight.verdict == "A"),
        later=int(same and straight.verdict == "B"),
    )


def _between(text: str, other: str, found: dict[Pair, Preference | NoVerdict]) -> Preference | NoVerdict:
    if text == other:
        return Preference("tie", "both are the same")
    if (text, other) in found:
        return found[text, other]
    preference = found[other, text]
    return preference if isinstance(preference, NoVerdict) else preference.swapped()


def _score(compared: Sequence[Preference | NoVerdict]) -> Score:
    """The score of the first of each pair."""
    known = [each for each in compared if isinstance(each, Preference)]
    missing = [each for each in compared if isinstance(each, NoVerdict)]
    if missing:
        many = f"{len(missing)} of its {len(compared)} comparisons have no verdict: "
        return Score.unscored(missing[0].cause, (many if len(compared) > 1 else "") + str(missing[0]))
    asked = sum(each.asked for each in known)
    agree = sum(each.agreed for each in known) / asked if asked else None
    flipped = asked - sum(each.agreed for each in known)
    note = f"the judge's verdict changed with the order in {flipped} of {asked}" if flipped else ""
    counts = [sum(each.winner == winner for each in known) for winner in _SHARES]
    words = ("better than", "tied with", "worse than")
    told = ", ".join(f"{word} {count}" for word, count in zip(words, counts, strict=True) if count)
    worst = min(known, key=lambda each: _SHARES[each.winner])
    why = f": {worst.reason}" if worst.winner != "first" and worst.reason else ""
    value = sum(_SHARES[each.winner] for each in known) / len(known)
    return Score(value, (Component(ORDERS_AGREE, agree, reason=note),), reason=f"{told}{why}")
