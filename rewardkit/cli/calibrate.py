"""`rewardkit calibrate`: how far a rubric's judge agrees with people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from .calibration import print_calibration
from .common import Exit, Json, out, print_json, reading
from .judging import (
    JudgeBudget,
    JudgeName,
    JudgePrice,
    ReplayVerdicts,
    ask_judges,
    counting,
    print_spent,
    say_hosts,
)
from .scoring import GuardWindow, MaxUnscored, progress, scorer_for

if TYPE_CHECKING:
    from collections import Counter

    from ..grader import Grader
    from ..guard import Guard
    from ..judging.calibration import Calibration
    from ..judging.criteria import Criterion
    from ..judging.judged_labels import JudgedLabels, Labelled
    from ..judging.label_file import Labels

_AT_A_TIME = 64


def calibrate_judge(
    context: typer.Context,
    rubric: Annotated[
        str,
        typer.Argument(
            help="A TOML rubric, a .py file with one rubric, file.py:name or package.module:name.",
            show_default=False,
        ),
    ],
    labels: Annotated[
        Path,
        typer.Argument(
            help="What people said: the labels.jsonl of `rewardkit label`, or one written by hand.",
            show_default=False,
        ),
    ],
    judge: JudgeName = None,
    replay_verdicts: ReplayVerdicts = False,
    judge_budget: JudgeBudget = None,
    judge_price: JudgePrice = None,
    worst: Annotated[
        int, typer.Option("--worst", min=0, help="Show so many of the completions on which they differ most.")
    ] = 10,
    seed: Annotated[int, typer.Option("--seed", help="Draws the resamples behind the intervals.")] = 0,
    max_unscored: MaxUnscored = 0.05,
    guard_window: GuardWindow = 200,
    as_json: Json = False,
) -> None:
    """Compare a rubric's judge with people: agreement, kappa and alpha by criterion, and where they differ most.

    The judge is asked once for each labelled completion, as in `grade`; verdicts that are kept are not asked for again. The figures are kept
    in NAME.calibration.json beside the rubric, without any text, those with --judge apart: commit it, `rewardkit test` reads it where the
    rubric has a `min_kappa`.

    Ends with 1 when a bar is not met, and takes the rubric out of graders.lock; with 0 when it is met, or when there are too few labels to say;
    with 3 when too many completions have no verdict.

    Examples:

      rewardkit calibrate support.toml labels.jsonl

      rewardkit calibrate graders.py:support_reply labels.jsonl --judge openai:my-judge@http://localhost:8000/v1

      rewardkit calibrate support.toml labels.jsonl --replay-verdicts --worst 3 --json
    """
    from ..errors import DataError
    from ..guard import Guard
    from ..judging.calibration import calibrate
    from ..judging.calibration_file import write_calibration
    from ..judging.declared import declared_of
    from ..judging.judged_labels import criteria_of, labelled_in
    from ..judging.label_file import read_labels
    from ..judging.labels import on_criteria
    from ..paths import display_path

    guard = Guard(max_unscored, guard_window)
    ask_judges(context, judge, replay_verdicts, judge_budget, judge_price)
    grader = _rubric(rubric)
    with reading(labels, quiet=as_json):
        given = read_labels(labels)
    criteria = criteria_of(grader, labelled_in(given.verdicts))
    kept, left_out = on_criteria(given.verdicts, criteria)
    labelled = labelled_in(label for label in kept if label.verdicts)
    if not labelled:
        raise DataError(_nothing(given, left_out), where=display_path(labels))
    say_hosts([grader], replay=replay_verdicts)
    with counting([grader]) as spent:
        judged = _judged(grader, criteria, labelled, guard, as_json=as_json)
        asked = spent()
    found = calibrate(
        criteria,
        kept,
        judged.verdicts,
        min_kappa=declared_of(grader).min_kappa,
        pass_at=grader.options.solved_at,
        seed=seed,
        most=worst,
        reasons=judged.reasons,
    )
    missing = judged.unscored.total() > max_unscored * len(labelled)
    file = None if missing else write_calibration(grader, found, labels, judged.unscored)
    if as_json:
        costs = {} if asked is None else {"spent": asked.as_json()}
        print_json({**_as_json(grader, labels, given, left_out, found, judged, file), **costs})
    else:
        print_calibration(found)
        for line in _left_out(given, left_out, judged):
            out().print(line, markup=False, soft_wrap=True)
        print_spent(asked)
        for line in _ending(found, file, replayed=replay_verdicts):
            out().print(line, markup=False, soft_wrap=True)
    if file is None and found.outcome != "not met":
        raise typer.Exit(Exit.GUARD)
    if found.outcome == "not met":
        if file is not None:
            _unlock(grader)
        raise typer.Exit(Exit.FINDINGS)


def _rubric(target: str) -> Grader:
    """The one rubric that a target names."""
    from ..collecting import collect
    from ..errors import GraderError

    graders = collect([target])
    rubrics = [grader for grader in graders if grader.kind == "rubric"]
    if len(rubrics) != 1:
        names = ", ".join(grader.name for grader in rubrics or graders)
        what = f"there are several rubrics: {names}; name one" if rubrics else f"no rubric; it has: {names}"
        hint = f", for example {target}:{rubrics[0].name}" if rubrics and ":" not in target else ""
        raise GraderError(f"{what}{hint}", where=target)
    return rubrics[0]


class _Score(NamedTuple):
    """A score as the guard looks at it, called by the line of its label."""

    grader: str
    sample: str
    repeat: int
    value: float | None
    cause: str | None
    reason: str


def _judged(
    grader: Grader,
    criteria: Sequence[Criterion],
    labelled: Sequence[Labelled],
    guard: Guard,
    *,
    as_json: bool,
) -> JudgedLabels:
    """What the judge says of each completion, some at a time, so that an outage is not waited for to the end."""
    from ..judging.judged_labels import JudgedLabels

    judged, done = JudgedLabels(), 0
    with (
        _told(as_json=as_json),
        progress("judging", quiet=as_json) as on_progress,
        scorer_for(workers=1) as scorer,
    ):
        on_progress(0, len(labelled))
        for start in range(0, len(labelled), _AT_A_TIME):
            some = labelled[start : start + _AT_A_TIME]

            def one_more(index: int, score: object) -> None:
                nonlocal done
                done += 1
                on_progress(done, len(labelled))

            scores = scorer.score(grader, [one.item for one in some], on_score=one_more)
            for one, score in zip(some, scores, strict=True):
                judged.add(criteria, one, score)
                line = one.sample.where or one.sample.id
                guard.look([_Score(grader.name, line, 0, score.value, score.cause, score.reason)])
    return judged


@contextmanager
def _told(*, as_json: bool) -> Iterator[None]:
    """A guard's message with how to go on; with `as_json` it is on standard output too."""
    from ..errors import GuardStop
    from ..guard import TooManyUnscored

    try:
        try:
            yield
        except TooManyUnscored as stop:
            raise GuardStop(
                f"{stop}\nVerdicts so far are kept: after an outage the same command asks for the others only. "
                "--max-unscored and --guard-window set the limit; --max-unscored 1 never stops."
            ) from None
    except GuardStop as stop:
        if as_json:
            print_json({"stopped": str(stop)})
        raise


def _unlock(grader: Grader) -> None:
    """As it is, with this judge, it is not to drive training any more, whatever it passed before."""
    import datetime

    from ..checking import lock

    if not lock.verify([grader]):
        lock.update([], [grader], today=datetime.date.today())


def _nothing(given: Labels, left_out: Counter[str]) -> str:
    if left_out:
        return f"no verdict on a criterion of the rubric; it has verdicts on {'; '.join(left_out)}"
    if given.comparisons:
        return "it holds comparisons only, and no verdicts; label without --compare"
    return "no label has a verdict yet"


def _left_out(given: Labels, left_out: Counter[str], judged: JudgedLabels) -> Iterator[str]:
    """What of the labels, and of the judge's answers, the figures do not show."""
    if judged.unscored:
        counts = ", ".join(f"{cause} ({count:,})" for cause, count in judged.unscored.most_common())
        yield f"left out: {judged.unscored.total():,} unscored completions: {counts}"
    for what, count in left_out.items():
        yield f"left out: {_count(count, 'verdict')} of people on {what}"
    if given.comparisons:
        yield f"left out: {_count(len(given.comparisons), 'comparison')} of two completions, which hold no verdict"
    if given.torn:
        yield f"left out: {given.torn}, a line that was cut off"


def _ending(found: Calibration, file: Path | None, *, replayed: bool) -> Iterator[str]:
    from ..paths import display_path

    if file is None:
        asks = (
            "--replay-verdicts asks nobody" if replayed else "the same command asks for the missing verdicts"
        )
        yield f"not kept: more is unscored than --max-unscored allows; {asks}"
        return
    if found.outcome == "too few to say":
        yield "too few to say whether min_kappa is reached: label more completions; until then `rewardkit test` warns"
    elif found.outcome is not None:
        yield f"min_kappa is {found.outcome}"
    yield f"kept in  {display_path(file)}"


def _as_json(
    grader: Grader,
    labels: Path,
    given: Labels,
    left_out: Counter[str],
    found: Calibration,
    judged: JudgedLabels,
    file: Path | None,
) -> dict[str, Any]:
    from ..judging.calibration_file import identities

    return {
        "rubric": grader.name,
        "fingerprint": grader.fingerprint,
        "judges": list(identities(grader)),
        "labels": str(labels),
        "kept": None if file is None else str(file),
        "unscored": dict(judged.unscored),
        "left_out": {"comparisons": len(given.comparisons), "verdicts": dict(left_out), "torn": given.torn},
        **found.as_json(),
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
