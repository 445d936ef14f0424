"""A calibration in the terminal: a table with a line for each criterion, the score, and the worst disagreements side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .common import out

if TYPE_CHECKING:
    from ..evaluating.statistics.bootstrap import Estimate
    from ..judging.calibration import Calibration
    from ..judging.disagreements import Disagreement

_DASH = "\N{EN DASH}"
_LEGEND = (
    "constant: the agreement of a judge that always gives the people's most common verdict, whose kappa is 0. alpha: among people, then "
    "with the judge as one more rater. met, unmet: how much of what people found so the judge finds."
)
_LONGEST = 600  # characters of a text that are shown


def print_calibration(calibration: Calibration) -> None:
    """The table of figures, what was left out of them, the bars, and the disagreements with their texts."""
    from rich.table import Table

    from ..runs.wording import percent

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in (
        "criterion",
        "n",
        "agreement",
        "constant",
        "kappa (95 %)",
        "alpha",
        "with judge",
        "met",
        "unmet",
    ):
        table.add_column(name, justify="left" if name in ("criterion", "kappa (95 %)") else "right")
    for criterion in calibration.criteria:
        table.add_row(
            f"[bold]{criterion.id}[/]",
            f"{criterion.n:,}",
            _share(criterion.agreement),
            _DASH if criterion.constant is None else percent(criterion.constant[1]),
            _with_bounds(criterion.kappa),
            _plain(criterion.alpha_people),
            _plain(criterion.alpha_with_judge),
            _share(criterion.sensitivity),
            _share(criterion.specificity),
        )
    out().print(table)
    out().print(f"[dim]{_LEGEND}[/]", soft_wrap=True)
    for line in (*_notes(calibration), *_total(calibration)):
        out().print(line, markup=False, soft_wrap=True)
    for place, disagreement in enumerate(calibration.worst, 1):
        for line in _side_by_side(place, disagreement):
            out().print(line, markup=False, soft_wrap=True)


def _notes(calibration: Calibration) -> Iterator[str]:
    from ..judging.calibration import ENOUGH

    yield (
        f"{calibration.judged:,} of {calibration.completions:,} labelled completions judged, "
        f"of {calibration.samples:,} samples; raters: {', '.join(calibration.raters) or 'none'}"
    )
    if calibration.too_few:
        yield f"too few to trust: {calibration.judged:,} completions are labelled and judged, {ENOUGH} are needed; the intervals show how little is known"
    for criterion in calibration.criteria:
        counts = (
            (criterion.ties, "without a majority of the people"),
            (criterion.unsettled, "on which the judge's repeats tie"),
            (criterion.unjudged, "without a verdict of the judge"),
        )
        left_out = [f"{count:,} {what}" for count, what in counts if count]
        if left_out:
            yield f"{criterion.id}  left out: {', '.join(left_out)}"
        if criterion.bar is not None:
            yield f"{criterion.id}  min_kappa {criterion.bar.min_kappa:g}: {criterion.bar.outcome}"
    without = [criterion.id for criterion in calibration.criteria if criterion.bar is None]
    if 0 < len(without) < len(calibration.criteria):
        yield f"without a bar, so that nothing is held to agree with people there: {', '.join(without)}"


def _total(calibration: Calibration) -> Iterator[str]:
    total = calibration.total
    if not total.n:
        yield "score  no completion has every verdict of people and judge"
        return
    yield (
        f"score  over {total.n:,}: off by {_with_bounds(total.difference)} on average, judge minus people "
        f"{_with_bounds(total.bias, sign='+')}, correlation {_with_bounds(total.correlation)}"
    )
    yield (
        f"score  people pass {total.passed:,} (at {total.pass_at:g} or more); AUROC of the judge's score {_with_bounds(total.auroc)}"
    )


def _side_by_side(place: int, disagreement: Disagreement) -> Iterator[str]:
    at = f"{disagreement.where} ({disagreement.sample})" if disagreement.where else disagreement.sample
    yield ""
    yield f"{place}. {at}: people {_score(disagreement.people_total)}, judge {_score(disagreement.judge_total)}"
    for name, (people, judge) in disagreement.verdicts.items():
        yield f"   {name}: people {people}{_by_whom(disagreement, name)}, judge {judge}"
        if name in disagreement.reasons:
            yield f"      judge: {_shortened(disagreement.reasons[name])}"
    yield f"   prompt: {_shortened(disagreement.prompt)}"
    yield f"   completion: {_shortened(disagreement.completion)}"
    for rater, note in disagreement.notes.items():
        yield f"   {rater}: {_shortened(note)}"


def _by_whom(disagreement: Disagreement, criterion: str) -> str:
    """` (ana, ben)`, and where they differ ` (ana met, ben unmet)`."""
    ratings = disagreement.ratings[criterion]
    alike = len(set(ratings.values())) == 1
    said = (rater if alike else f"{rater} {verdict}" for rater, verdict in ratings.items())
    return f" ({', '.join(said)})" if ratings else ""


def _score(value: float | None) -> str:
    return "without a score" if value is None else f"{value:.2f}"


def _share(estimate: Estimate) -> str:
    from ..runs.wording import percent

    return _DASH if estimate.value is None else percent(estimate.value)


def _plain(estimate: Estimate) -> str:
    return _DASH if estimate.value is None else f"{estimate.value:.2f}"


def _with_bounds(estimate: Estimate, *, sign: str = "") -> str:
    if estimate.value is None:
        return _DASH
    value = f"{estimate.value:{sign}.2f}"
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({estimate.low:{sign}.2f} to {estimate.high:{sign}.2f})"


def _shortened(text: str) -> str:
    from ..runs.wording import visible

    shown = " ".join(visible(text).split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]} ..."
