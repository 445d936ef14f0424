"""The study's targets, each with what was found, its interval and whether it holds.

A target holds where the bound of the interval reaches it; "on average" where only the mean does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rewardkit.evaluating.statistics import OverSeeds

from .findings import SETTINGS, Findings, Setting, Way

RFT = Way("rft-partial", "ours")
"""The method that stands for RFT where one is named; settled before anything was measured."""

AHEAD, NEAR_ZERO, ELSEWHERE, FLAT = 0.15, 0.25, -0.02, 0.02
WITHOUT_GRADER = (Way("base"), Way("sft-answer"), Way("sft-majority"), Way("sft-expert"))
OTHER_LADDERS = (Way("rft-steep", "ours"), Way("rft-anneal", "ours"), Way("rft-form", "ours"))
WARM = (Way("sft-own+rft", "ours"), Way("sft-expert+rft", "ours"), Way("sft-answer+rft", "ours"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison of a target; `bound` is what it has to reach, None where it is only reported."""

    target: str
    where: str
    what: str
    found: OverSeeds
    verdict: str


def findings(study: Findings) -> list[Finding]:
    """All targets in all settings that the record has."""
    return [*_answers(study), *_raft(study), *_warm(study), *_partial(study), *_controls(study)]


def points(found: OverSeeds) -> str:
    """A difference in points with its interval: `+58.2 (54.1 to 62.3)`."""
    both = found.both
    bounds = (
        "" if both.low is None or both.high is None else f" ({both.low * 100:+.1f} to {both.high * 100:+.1f})"
    )
    return f"{both.mean * 100:+.1f}{bounds}"


def _answers(study: Findings) -> Iterator[Finding]:
    for setting in _usual():
        for other in WITHOUT_GRADER:
            found = study.difference(setting, other, RFT)
            if found:
                yield Finding("labels are answers: RFT at least 15 points above any method without a grader", setting.title, f"RFT - {other.label}", found, _reaches(found, AHEAD))  # fmt: skip


def _raft(study: Findings) -> Iterator[Finding]:
    for setting in SETTINGS:
        for way in (RFT, Way("rft-exact", "ours")):
            found = study.difference(setting, Way("raft"), way)
            if found:
                yield Finding("RFT against RAFT: winner or tie", setting.title, f"{way.label} - raft", found, _winner(found))  # fmt: skip


def _warm(study: Findings) -> Iterator[Finding]:
    """Against the best other method, which may differ from setting to setting."""
    for setting in SETTINGS:
        ways = study.ways(setting)
        for warm in (way for way in WARM if way in ways):
            others = [way for way in ways if "+" not in way.method and _has_no_more_than(way, warm)]
            best = max(others, key=lambda way: _mean(study, setting, way), default=None)
            found = None if best is None else study.difference(setting, best, warm)
            if best and found:
                high = found.both.high
                verdict = "holds" if found.both.mean >= 0 or (high is not None and high >= 0) else "missed"
                yield Finding("SFT then RFT best or tied everywhere", setting.title, f"{warm.label} - {best.label} (best other)", found, verdict)  # fmt: skip


def _partial(study: Findings) -> Iterator[Finding]:
    for setting in SETTINGS:
        bound, where = (NEAR_ZERO, "near 0") if setting.bases == ("low",) else (ELSEWHERE, "elsewhere")
        target = f"partial credit against exact-only: at least {bound * 100:+.0f} points {where}"
        compared = [
            ("partial - exact, our scaling", Way("rft-exact", "ours"), Way("rft-partial", "ours")),
            ("partial - exact, TRL's scaling", Way("rft-exact", "trl"), Way("rft-partial", "trl")),
            *((f"{way.label} - rft-exact", Way("rft-exact", "ours"), way) for way in OTHER_LADDERS),
        ]
        for what, exact, partial in compared:
            found = study.difference(setting, exact, partial)
            if found:
                yield Finding(target, setting.title, what, found, _reaches(found, bound))


def _controls(study: Findings) -> Iterator[Finding]:
    for setting in _usual():
        for name in ("control-random", "control-shuffled"):
            found = study.difference(setting, Way("base"), Way(name, "ours"))
            if found:
                high = found.both.high
                flat = (
                    "holds"
                    if high is not None and high <= FLAT
                    else "on average"
                    if found.both.mean <= FLAT
                    else "missed"
                )
                yield Finding(
                    "controls gain nothing (at most 2 points)", setting.title, f"{name} - base", found, flat
                )
        found = study.difference(setting, Way("base"), RFT)
        if found:
            yield Finding("controls gain nothing (at most 2 points)", setting.title, "for comparison: RFT - base", found, "")  # fmt: skip


def _usual() -> list[Setting]:
    return [setting for setting in SETTINGS if setting.bases == ("a", "b") and not setting.few]


def _has_no_more_than(way: Way, warm: Way) -> bool:
    """Whether a rival was given no label that the warm start was not given: gold in the model's own hand is more than answers."""
    return way.method != "sft-own" or warm.method == "sft-own+rft"


def _mean(study: Findings, setting: Setting, way: Way) -> float:
    found = study.shares(setting, way)
    return found.both.mean if found else 0.0


def _reaches(found: OverSeeds, bound: float) -> str:
    low = found.both.low
    if low is not None and low >= bound:
        return "holds"
    return "on average" if found.both.mean >= bound else "missed"


def _winner(found: OverSeeds) -> str:
    low, high = found.both.low, found.both.high
    if low is None or high is None:
        return "too few seeds"
    return "RFT" if low > 0 else "RAFT" if high < 0 else "tie"
