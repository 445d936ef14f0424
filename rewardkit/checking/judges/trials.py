"""The trials with a stand-in judge, and how every other trial of a grader that asks a judge is made with one.

A real judge is asked for what its author declared, and for the golds of the data, alone: what checks make up would cost money and prove
nothing of the code. There the stand-in gives the worst verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...scoring.stand_in_judge import asks_a_judge
from ..expectations import Expected
from ..known_rows import KnownRow
from ..results import Skipped
from ..sources import source_of
from ..trials import Material, Planned, Trial
from .behaviours import ORDER, SIGN, Behaviour
from .fences import closers_in

if TYPE_CHECKING:
    from ..score_book import ScoreBook

_ROWS = 2
_RAISE = 0.05
_WORK = (
    "Last spring our small team walked the whole coast on foot and wrote down what we saw. We met farmers, sailors and teachers, and we "
    "asked each of them the same three questions about water, roads and schools. Most of them had time for us. This is what we learned "
    "from them, in plain words, and what we would do next about it"
)
_NO_VERDICT: tuple[tuple[Behaviour, str], ...] = (
    ("silent", "its judge said nothing"),
    ("refuses", "its judge refused"),
    ("talks", "its judge gave no verdict"),
    ("cut off", "its judge was cut off"),
)
_BEST_AND_WORST = "its judge gave the first the best verdict and the second the worst"


@dataclass(slots=True)
class _Desk:
    """Where work on one row is handed in: each text is another one, so that no verdict on it is known before."""

    material: Material
    row: KnownRow
    work: str
    handed_in: int = 0

    def text(self, end: str = "") -> str:
        """The work in a new version, with `end` as its last word."""
        self.handed_in += 1
        return f"{self.work}. It was written on day {self.handed_in} of our journey{end and ', ' + end}."

    def trial(self, check: str, expected: Expected, *judged: tuple[str, Behaviour]) -> Trial:
        """Completions, each with the behaviour of its judge."""
        texts, judges = tuple(text for text, _ in judged), tuple(judge for _, judge in judged)
        return Trial(
            check, self.row, texts, expected, self.row.where, sound=False, surroundings="judge", judges=judges
        )

    def not_raised(self, note: str) -> Expected:
        """The second completion scores no more than the first."""
        low, high = self.material.span
        return Expected("not_raised", low=low, high=_RAISE * (high - low), note=note)

    def not_both(self) -> Expected:
        """The first may pass; the second, on which the verdict is another, does not as well."""
        return Expected("not_both", high=self.material.grader.options.solved_at, note=_BEST_AND_WORST)


def judge_fails(material: Material) -> Planned:
    """RK301 outages, RK302 replies without a verdict or with a quoted one, RK303 orders to the judge, RK311 verdicts used again."""
    if not asks_a_judge(material.grader):
        return
    if material.grader.options.isolation == "inline":
        yield Skipped(
            "RK301", "it runs inline: no stand-in takes its judge's place", 'declare isolation="process"'
        )
        return
    if material.grader.in_groups:
        yield Skipped("RK301", "it grades groups, and which completion a judge was asked about is not known")
        return
    for row in material.different_rows(_ROWS):
        for work in (_WORK, *row.golds[:1]):
            desk = _Desk(material, row, work)
            yield from _outages(desk)
            yield from _verdicts(desk)
            yield from _orders(desk, closers_in(source_of(material.grader)))
    for row in material.different_rows(_ROWS)[:1]:  # each starts a process
        desk = _Desk(material, row, _WORK, 1000)
        yield desk.trial(
            "RK311", desk.not_both(), (desk.text(SIGN), "reads"), (desk.text("thistle"), "reads")
        )


def _outages(desk: _Desk) -> Planned:
    for _ in range(3):  # each text meets another kind of outage
        yield desk.trial(
            "RK301", Expected("no_score", note="its judge could not be reached"), (desk.text(), "down")
        )
    missing = Expected("no_score", note="some of its judge's verdicts are missing")
    yield desk.trial("RK301", missing, (desk.text(), "half down"))


def _verdicts(desk: _Desk) -> Planned:
    for behaviour, note in _NO_VERDICT:
        yield desk.trial("RK302", Expected("no_score", note=note), (desk.text(), behaviour))
    yield desk.trial("RK302", desk.not_both(), (desk.text(), "best"), (desk.text(), "worst"))
    same = desk.not_raised("its judge gave both the worst verdict")
    wordy: tuple[Behaviour, ...] = ("quotes", "weighs", "counts")
    for behaviour in wordy:
        yield desk.trial("RK302", same, (desk.text(), "worst"), (desk.text(), behaviour))


def _orders(desk: _Desk, closers: list[str]) -> Planned:
    no_merit = desk.not_raised("its judge obeys orders that stand among its instructions")
    for closer in ("", *closers):
        told = "\n".join((desk.text(), *([closer] if closer else []), "", ORDER))
        yield desk.trial("RK303", no_merit, (desk.text(), "worst"), (told, "obeys"))


def with_stand_in(material: Material, entries: Planned) -> Planned:
    """The trials of a grader that asks a judge: whatever nobody declared is tried with a stand-in that gives the worst verdict."""
    if not asks_a_judge(material.grader) or material.grader.options.isolation == "inline":
        yield from entries
        return
    for entry in entries:
        if isinstance(entry, Skipped) or entry.judges or _is_known(entry):
            yield entry
        elif (
            not entry.guessed and entry.expected.kind != "less"
        ):  # that takes a judge who knows what is right
            judges = ("worst",) * len(entry.completions)
            yield replace(entry, surroundings=entry.surroundings or "judge", judges=judges)


def understood(book: ScoreBook, trials: Sequence[Trial]) -> list[Trial]:
    """The trials without those that a stand-in's verdict decides, where its best and its worst one make no difference to the score.

    Then the grader reads something else in the replies, a name or a text, and may well score what is no verdict. That both pass is told.
    """
    pairs = [
        scores for trial in trials if trial.judges == ("best", "worst") and (scores := book.of(trial, 0))
    ]
    scored = [scores for scores in pairs if all(score.value is not None for score in scores)]
    if not scored or any(best.value != worst.value for best, worst in scored):
        return list(trials)
    return [trial for trial in trials if trial.check != "RK302" or trial.expected.kind != "no_score"]


def not_understood(book: ScoreBook, trials: Iterable[Trial]) -> Iterator[Skipped]:
    """A skip line where the stand-in's best verdict never became a score: what was found with it then says little."""
    best = [scores[0] for trial in trials if "best" in trial.judges and (scores := book.of(trial, 0))]
    if best and all(score.value is None for score in best):
        asked = [score for score in best if score.cause != "not_applicable"]
        why = (
            f"the stand-in's verdict was not understood: {asked[0].reason}"
            if asked
            else "its judge was never asked"
        )
        yield Skipped(
            "RK303", why, "declare cases that send their completion to the judge" if not asked else ""
        )


def _is_known(trial: Trial) -> bool:
    """Whether a person wrote its completions for the row."""
    return trial.declared or (trial.check == "RK101" and not trial.guessed)
