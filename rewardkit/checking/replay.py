"""Findings of the last run, kept so that each can be run again by its id: `rewardkit test --replay 1a2b3c4d`.

The file holds the command that found them, not the rows: a replay collects the graders and plans their trials again, which gives the same
ids for the same rows and seed, and runs one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import ConfigError, did_you_mean
from ..options import Answer
from ..scores import Score
from ..scoring import Scorer
from .declared import usable
from .repeating import calls_to_repeat
from .report import finding_json
from .results import GraderReport, Replayed
from .running import plan
from .score_book import ScoreBook
from .steadiness import once_more, others_than, repeat
from .trials import Material, Trial, finding_of

FINDINGS = Path(".rewardkit") / "findings.json"
_CONTRACT = ("RK001", "RK002", "RK003", "RK004", "RK014")


class Command(BaseModel):
    """What the last run was asked, and which columns it guessed: enough to plan the same trials again."""

    model_config = ConfigDict(frozen=True)

    targets: tuple[str, ...]
    data: str | None = None
    columns: dict[str, str] = {}
    guessed: dict[str, str] = {}
    answer: Answer | None = None
    seed: int = 0
    level: str = "default"
    on: str | None = None
    holdout: str | None = None


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True)

    command: Command
    findings: tuple[dict[str, Any], ...]


def store(command: Command, reports: Sequence[GraderReport], path: Path = FINDINGS) -> None:
    """Write the findings of a run, replacing those of the run before."""
    findings = tuple(
        {"grader": report.name, **finding_json(finding)} for report in reports for finding in report.findings
    )
    text = json.dumps({"command": command.model_dump(mode="json"), "findings": findings}, indent=1)
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def find(replay: str, path: Path = FINDINGS) -> tuple[Command, str, str]:
    """The stored command, the grader's name and the check of a finding; ConfigError when the last run had no such finding."""
    if not path.is_file():
        raise ConfigError("there are no findings to replay; run `rewardkit test` first", where=str(path))
    try:
        stored = _Stored.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError:
        raise ConfigError("not a file of findings; run `rewardkit test` again", where=str(path)) from None
    by_id = {finding["replay"]: finding for finding in stored.findings if finding["replay"]}
    if replay not in by_id:
        known = ", ".join(by_id) or "none"
        raise ConfigError(
            f"the last run had no finding '{replay}'; it had: {known}.{did_you_mean(replay, by_id)}"
        )
    return stored.command, by_id[replay]["grader"], by_id[replay]["id"]


def run_again(
    scorer: Scorer, material: Material, check: str, replay: str, *, others: Iterable[Trial] = ()
) -> Replayed:
    """Run one finding's trial in a fresh process; ConfigError when neither the rows nor `others` give such a trial any more."""
    trial = _trial(material, check, replay, others)
    if trial is None:
        raise ConfigError(
            f"finding '{replay}' cannot be run again: its row or case is no longer there; run `rewardkit test` again"
        )
    book = ScoreBook(scorer, material)
    scores = _scored_often(book, trial) if check == "RK005" else book.score(trial.calls)
    index = trial.expected.breach(scores)
    finding = finding_of(material, trial, scores, index or 0, "fail", check=check)
    return Replayed(finding, scores, index is not None)


def _scored_often(book: ScoreBook, trial: Trial) -> list[Score]:
    trials, _ = plan(book.material)
    calls = dict.fromkeys(call for other in trials for call in other.calls)
    return repeat(book, trial, others_than(trial.calls[-1], calls))


def _trial(material: Material, check: str, replay: str, others: Iterable[Trial]) -> Trial | None:
    trials, _ = plan(material)
    repeated = (once_more(call) for call in calls_to_repeat(material))
    for trial in chain(trials, others, repeated):
        if check == "RK005":
            calls = [once_more(call) for call in trial.calls]
        elif check == "RK132" and trial.check == "RK101":
            calls = [usable(trial)]
        elif check in _CONTRACT and trial.expected.kind == "sound":
            calls = [replace(trial, check=check)]
        else:
            calls = [trial]
        found = next((call for call in calls if call.replay_id(material.grader) == replay), None)
        if found is not None:
            return found
    return None
