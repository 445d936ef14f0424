"""A rubric with a scripted judge, and people's labels of replies, of which the judge gets a share right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

GRADERS = '''
from rewardkit import Criterion, case, rubric
from rewardkit.judging.judges import ScriptedJudge


def by_words(criterion, answer):
    if criterion.choices:
        return next((choice for choice in ("warm", "plain") if choice in answer), "rude")
    return "met" if f"{criterion.id} it" in answer else "unmet"


@case("cites it, warm", policy="Section 4", expect=1)
@rubric(judge=ScriptedJudge(by_words), pass_at=0.6, OPTIONS)
def reply(policy: str) -> list[Criterion]:
    """Grade a reply."""
    return [
        Criterion("cites", f"Names what applies of {policy}.", points=2),
        Criterion("tone", "How polite.", choices=("rude", "plain", "warm")),
    ]
'''


def graders(options: str = "") -> str:
    """The file, with further options of the rubric."""
    return GRADERS.replace(", OPTIONS", f", {options}" if options else "")


def labels(size: int, *, wrong_every: int = 0, raters: tuple[str, ...] = ("ana", "ben")) -> str:
    """The lines of labels.jsonl. In every so many of the replies the people say the contrary of what the judge will on 'cites'."""
    return "".join(json.dumps(line) + "\n" for line in _lines(size, wrong_every, raters))


def _lines(size: int, wrong_every: int, raters: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for number in range(size):
        cites, tone = number % 2 == 0, ("rude", "plain", "warm")[number % 3]
        wrong = bool(wrong_every) and number % wrong_every == 0
        for rater in raters:
            yield {
                "id": f"q{number}",
                "prompt": f"Question {number}",
                "completion": f"reply {number}: {'cites it, ' if cites else ''}{tone}",
                "rater": rater,
                "verdicts": {"cites": "met" if cites != wrong else "unmet", "tone": tone},
                "columns": {"policy": f"Section {number}"},
            }
