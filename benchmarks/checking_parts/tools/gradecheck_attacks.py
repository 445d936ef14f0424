"""gradecheck's attacks on completions, those of `gradecheck verifiers ENVIRONMENT`.

It reads of an environment its rubric, data set and parser; a plain object has them, so that verifiers itself (600 MB, 4 s to import) is not
needed. The parser writes an answer in the form that the first accepted completion has around the reference.

Two readings: `fooled`, its own fail (exit code 1) on the five rows that it samples by default, and `warned`, its warnings too, on all rows.
An abstention and a failure of the grader are worth 0 to gradecheck.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gradecheck import completion_attacks
from gradecheck.verifiers_env import VerifiersEnv

from checking_parts.corpus import Specimen
from checking_parts.exposed import Exposed, exposed, messages_of
from checking_parts.tools.telling import Reading, tell
from rewardkit.checking.forms import Form

DEFAULT_SAMPLE = 5


class Parser:
    """A parser as gradecheck reads it: what stands before and after an answer."""

    answer_field = "answer"

    def __init__(self, form: Form) -> None:
        self._form = form

    def format(self, answer: str) -> str:
        """The answer in its form."""
        return self._form.write(answer)


def attack(specimen: Specimen, folder: Path) -> dict[str, Reading]:
    """Both readings."""
    environment = _environment(exposed(specimen))
    every = len(environment.get_dataset())
    return {
        "fooled": _read(environment, DEFAULT_SAMPLE, ("fooled",)),
        "warned": _read(environment, every, ("fooled", "warn")),
    }


def _read(environment: Any, sample: int, counted: tuple[str, ...]) -> Reading:
    findings = completion_attacks.run_all(VerifiersEnv(environment, sample=sample))
    what = [f"{finding.attack} {finding.verdict}" for finding in findings if finding.verdict in counted]
    return bool(what), what


def _environment(grader: Exposed) -> Any:
    def reward(completion: object, row: dict[str, Any]) -> float | None:
        return grader.reward(completion, row)

    rows = [
        {"prompt": messages_of(row["prompt"]), "answer": _answer(grader, row), "row": row}
        for row in grader.rows
    ]
    rubric = SimpleNamespace(funcs=[reward], weights=[1.0])
    return SimpleNamespace(rubric=rubric, get_dataset=lambda: rows, parser=_parser(grader))


def _answer(grader: Exposed, row: dict[str, Any]) -> object:
    """The reference, else an accepted completion."""
    return row[grader.compared] if grader.compared in row else row["gold"]


def _parser(grader: Exposed) -> Parser | None:
    around = [form for form in grader.forms if form is not None and form.before + form.after]
    return Parser(around[0]) if around else None


if __name__ == "__main__":
    tell(attack)
