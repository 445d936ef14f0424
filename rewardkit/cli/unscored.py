"""What the terminal says where too much could not be scored: which rows, why, and what helps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import GuardStop
from ..guard import TooManyUnscored
from .common import err, print_json

if TYPE_CHECKING:
    from ..evaluating.faults import Locate
    from ..evaluating.standings import Standing


@contextmanager
def resumable(folder: Path, locate: Locate, *, as_json: bool) -> Iterator[None]:
    """A guard's message, with the rows it is about and how to go on; with `as_json` it is on standard output too."""
    try:
        try:
            yield
        except TooManyUnscored as stop:
            raise GuardStop(f"{_told(stop, locate)}\n{_ways_on(folder, stop.causes)}") from None
    except GuardStop as stop:
        if as_json:
            print_json({"stopped": str(stop), "run": str(folder)})
        raise


def _told(stop: TooManyUnscored, locate: Locate) -> str:
    """What the guard says, each row called by its place in the data."""
    from ..runs.wording import visible

    places = locate({(score.sample, score.repeat) for score in stop.failed})
    return visible(stop.told(lambda score: places.get((score.sample, score.repeat), score.sample)))


_MAY_PASS = frozenset({"timeout", "died", "judge_unavailable", "judge_unparseable", "judge_refused"})
"""Causes for which the same call may be scored another time."""


def _ways_on(folder: Path, causes: Set[str]) -> str:
    """What is kept, and what helps against those causes."""
    ways = [f"What is done is kept in {folder}."]
    if "bad_reference" in causes:
        ways.append(
            "Where references cannot be used, mend the data (`rewardkit test --data FILE` lists every such row) and run the same command "
            "again: data that has changed starts a run of its own. Where only something was mended that no column names, add --retry-unscored."
        )
    if causes - {"bad_reference"}:
        ways.append(
            "After an outage, the same command with --retry-unscored goes on and scores again what failed. A grader that is changed is "
            "another version, and starts a run of its own from the first row (where --run names one: under another name)."
        )
    ways.append("--max-unscored and --guard-window set the limit; --max-unscored 1 never stops.")
    return " ".join(ways)


def warn_of_unscored(standings: Sequence[Standing], limit: float) -> None:
    """The last line of a run in which a larger share than `limit` is unscored, whatever stopped before or did not, and what helps."""
    from ..runs.wording import percent

    for standing in standings:
        counts = {cause: count for cause, count in standing.unscored.items() if cause != "not_applicable"}
        failed = sum(counts.values())
        if failed > limit * standing.completions + 1e-9:
            by = f"{standing.grader}: " if len(standings) > 1 else ""
            share = percent(failed / standing.completions)
            err().print(
                f"{by}{failed:,} of {standing.completions:,} unscored ({share}), above --max-unscored {limit * 100:g} %; "
                f"{'; '.join(_remedies(counts))}",
                markup=False,
                soft_wrap=True,
            )


def _remedies(causes: Iterable[str]) -> Iterator[str]:
    """What to do about those causes: `timeout, died: --retry-unscored scores them again`."""
    by_remedy: dict[str, list[str]] = {}
    for cause in causes:
        if cause in _MAY_PASS:
            remedy = "--retry-unscored scores them again"
        elif cause == "bad_reference":
            remedy = "mend the data"
        else:
            remedy = "mend the grader, or after an outage --retry-unscored"
        by_remedy.setdefault(remedy, []).append(cause)
    return (f"{', '.join(causes)}: {remedy}" for remedy, causes in by_remedy.items())
