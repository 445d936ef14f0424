"""What answers a judge's questions: one protocol, and the judge that follows a script.

ScriptedJudge(lambda criterion, answer: "met" if criterion.id in answer else "unmet")      # no model, no key: for tests and examples
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from .criteria import Criterion
from .questions import Question

Trouble: TypeAlias = Literal["judge_unavailable", "judge_unparseable", "judge_refused", "judge_budget"]


class NoVerdict(Exception):
    """The judge gave none, and why: it could not be reached, it refused, its reply was cut off or made no sense. Never a score."""

    def __init__(self, cause: Trouble, why: str) -> None:
        super().__init__(why)
        self.cause: Trouble = cause


@dataclass(frozen=True, slots=True)
class Reply:
    """A judge's words, and the tokens that they cost where it says so."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0


class Judge(Protocol):
    """Anything that answers a question. `identity` is everything that decides its answers: verdicts are kept under it."""

    @property
    def identity(self) -> str:
        """A text that is another one whenever its verdicts may be others; empty where they are not worth keeping."""
        ...

    @property
    def host(self) -> str | None:
        """Host and port that answers are sent to; None when they stay on this machine."""
        ...

    def ask(self, question: Question) -> Awaitable[Reply]:
        """Its reply. NoVerdict when there is none."""
        ...


@dataclass(frozen=True)
class ScriptedJudge:
    """A judge that follows a script: what `verdict` says of a criterion and an answer, or raises. With an `identity` its verdicts are kept.

    The script gets the answer as a model would see it, without its thinking, and the criterion with its columns filled in.
    """

    verdict: Callable[[Criterion, str], str]
    identity: str = ""

    @property
    def host(self) -> None:
        """Nothing is sent anywhere."""
        return

    async def ask(self, question: Question) -> Reply:
        """The verdicts of the script, in the form of a model's reply."""
        said = {
            criterion.id: {
                "reason": "as the script says",
                "verdict": self.verdict(criterion, question.answer),
            }
            for criterion in question.criteria
        }
        return Reply(json.dumps(said))
