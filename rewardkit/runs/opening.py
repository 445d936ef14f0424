"""The four answers that the report opens with: how good, how sure, better than what, where does it fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import wording
from .dots import worst_part
from .failures import Failing, Reason
from .focus import Focus
from .records import ComponentRow, StageRow, Summary

_MOST_RIVALS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer: the figure, sentences, small print, and (word, target) of where the page says more."""

    question: str
    lead: str
    lines: Sequence[str]
    small: Sequence[str] = ()
    more: tuple[str, str] | None = None


def opening(focus: Focus, summary: Summary, failing: Failing, *, verb: str, texts: bool) -> list[Answer]:
    """The answers for what the run is about; without `texts` no reason and no answer is quoted."""
    return [
        _how_good(focus, wording.things(focus.last, verb)),
        _how_sure(focus, wording.things(focus.last, verb)),
        _better_than_what(focus, texts=texts),
        _where_it_fails(focus, summary, failing, failing.reasons() if texts else ()),
    ]


def _how_good(focus: Focus, things: str) -> Answer:
    last, score = focus.last, focus.score
    k = last.k
    whose = (
        f"of {last.prompts:,} {things}" if k == 1 else f"of {k} answers to each of {last.prompts:,} {things}"
    )
    lines = [f"{whose} {wording.reached(last)}."]
    small = []
    if score is not None and score.mean is not None and score.mean != last.mean:
        interval = f" ({wording.bounds(score)})" if score.low is not None else ""
        lines.append(f"Mean score {wording.figure(score)}{interval}.")
    if score is not None and score.median is not None:
        lines.append(f"Median {score.median:.2f}{_at_the_ends(score)}.")
    if last.pass_at_k is not None:
        always = f", all {k}: {wording.percent(last.all_k)}" if last.all_k is not None else ""
        lines.append(f"At least one of {k} answers solves: {wording.percent(last.pass_at_k)}{always}.")
    if focus.length is not None:
        tokens = f" ({focus.length.tokens:,.0f} tokens)" if focus.length.tokens is not None else ""
        cut = focus.length.truncated
        cut_off = f"; {wording.percent(cut)} cut off at the limit" if cut is not None else ""
        small.append(f"Answers have {focus.length.characters:,.0f} characters{tokens}{cut_off}.")
    return Answer("How good?", wording.figure(last), lines, small, ("Side by side", "#result"))


def _how_sure(focus: Focus, things: str) -> Answer:
    last = focus.last
    sure = last.low is not None and last.high is not None
    times = f", {last.k} answers each" if last.k > 1 else ""
    clusters = f", in {last.clusters:,} clusters" if last.clusters is not None else ""
    lines = [f"{'95 % interval over ' if sure else ''}{last.prompts:,} {things}{times}{clusters}"]
    if not sure and last.prompts:
        lines.append(f"There is {wording.no_interval(last)}.")
    lines += [sentence for sentence in (wording.detectable(last),) if sentence]
    small = [f"Interval: {how}." for how in (wording.method(last),) if how]
    if last.unscored:
        bounds = (
            f"{(last.worst or 0) * 100:.1f} % had they all failed, {(last.best or 0) * 100:.1f} % had none"
        )
        small.append(f"{last.unscored:,} unscored, in no mean: {bounds}.")
    if focus.models > 2:
        small.append(f"Chosen as the best of {focus.models} models, which flatters it a little.")
    lead = f"{wording.bounds(last)} %" if sure else "not very"
    return Answer("How sure?", lead, lines, small)


def _better_than_what(focus: Focus, *, texts: bool) -> Answer:
    last, baseline = focus.last, focus.baseline
    rivals = focus.rivals
    lines = [wording.against(row) for row in rivals[:_MOST_RIVALS]]
    lead = ""
    if rivals:
        lead = wording.points(rivals[0].difference) if rivals[0].low is not None else "too few to say"
    if len(rivals) > _MOST_RIVALS:
        lines.append(f"{len(rivals) - _MOST_RIVALS} more below.")
    small = []
    if baseline is not None and last.mean is not None:
        if not lead:
            lead = wording.points(last.mean - baseline.solved)
        sure = last.low is not None and last.low > baseline.solved
        doubt = "" if sure else ": not clearly less"
        lines.append(f"The best constant answer gets {wording.percent(baseline.solved)}{doubt}.")
        if texts:
            answer = " ".join(baseline.answer.split()) or "(nothing)"
            small.append(f"The same answer to every prompt: {wording.shortened(answer, 80)}")
    if not lead:
        lines.append("One model and no baseline: rewardkit compare holds it against another run.")
    return Answer("Better than what?", lead or "unknown", lines, small)


def _where_it_fails(focus: Focus, summary: Summary, failing: Failing, reasons: Sequence[Reason]) -> Answer:
    last = focus.last
    alike = [row for row in summary.stages if (row.grader, row.decoding) == (last.grader, last.decoding)]
    worst = worst_part(alike, last.name)
    lines, small, lead = [], [], ""
    if worst is not None:
        row, parts = worst
        lead = str(row.slice)
        lines.append(f"{wording.figure(row)} of {row.prompts:,} prompts ({wording.bounds(row)})")
        if parts > 2:
            small.append(f"The lowest of {parts:,} parts; being the lowest is partly luck.")
    weakest = _weakest(summary.components, last)
    if weakest is not None:
        earned = f"earned {weakest.mean:.2f} of 1"
        lines.append(f"Component {weakest.component}: {earned}." if lead else earned)
        lead = lead or weakest.component
    if reasons:
        lines.append(
            f"Most frequent reason ({reasons[0].count:,}): {wording.shortened(reasons[0].reason, 90)}"
        )
    if not lead:
        lead = f"{failing.prompts:,} prompts"
        lines.insert(0, f"are not solved, of {last.prompts:,}")
    more = ("Where it fails", "#fails") if failing.prompts or worst or weakest else None
    return Answer("Where does it fail?", lead, lines, small, more)


def _weakest(rows: Sequence[ComponentRow], last: StageRow) -> ComponentRow | None:
    """The component that earns least."""
    about = (last.name, last.grader, last.decoding)
    mine = [row for row in rows if (row.name, row.grader, row.decoding) == about]
    return min(mine, key=lambda row: row.mean, default=None)


def _at_the_ends(score: StageRow) -> str:
    ends = [(score.top, "at the highest score"), (score.bottom, "at the lowest")]
    told = [f"{wording.percent(share)} {where}" for share, where in ends if share is not None]
    return f"; {', '.join(told)}" if told else ""
