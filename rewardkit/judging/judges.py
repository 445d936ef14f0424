"""What answers a judge's questions: one protocol, and the judge that follows a script.

No model, no key, for tests and examples:

ScriptedJudge(lambda criterion, answer: "met" if criterion.id in answer else "unmet")      # of a rubric
ScriptedJudge(better=lambda a, b: "A" if len(a) < len(b) else "B")                         # of a ranking
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from .comparisons import ComparisonQuestion
from .criteria import Criterion
from .questions import Question, RubricQuestion

Trouble: TypeAlias = Literal["judge_unavailable", "judge_unparseable", "judge_refused", "judge_budget"]


class NoVerdict(Exception):
    """The judge gave none, and why: it could not be reached, it refused, its reply was cut off or made no sense. Never a score."""

    def __init__(self, cause: Trouble, why: str, reply: Reply | None = None) -> None:
        super().__init__(why)
        self.cause: Trouble = cause
        self.reply = reply  # one that is of no use, and paid for all the same


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
    """A judge that follows a script: what it returns is the verdict, what it raises comes out. With an `identity` its verdicts are kept.

    verdict: (criterion, answer) -> a verdict of that criterion, or that and its reason, for rubrics. better: (answer A, answer B) -> "A", "B" or "tie", for rankings.
    Answers come as a model would see them, without their thinking, criteria with their columns filled in.
    """

    verdict: Callable[[Criterion, str], str | tuple[str, str]] | None = None
    identity: str = ""
    better: Callable[[str, str], str] | None = None

    @property
    def host(self) -> None:
        """Nothing is sent anywhere."""
        return

    async def ask(self, question: Question) -> Reply:
        """The verdicts of the script, in the form of a model's reply."""
        said = {criterion.id: self._said(criterion, question) for criterion in question.criteria}
        return Reply(json.dumps(said))

    def _said(self, criterion: Criterion, question: Question) -> dict[str, str]:
        found = self._verdict(criterion, question)
        verdict, reason = found if isinstance(found, tuple) else (found, "as the script says")
        return {"reason": reason, "verdict": verdict}

    def _verdict(self, criterion: Criterion, question: Question) -> str | tuple[str, str]:
        if isinstance(question, ComparisonQuestion) and self.better is not None:
            return self.better(question.first, question.second)
        if isinstance(question, RubricQuestion) and self.verdict is not None:
            return self.verdict(criterion, question.answer)
        raise TypeError(
            f"the script says nothing of a {type(question).__name__}: give it verdict= or better="
        )
