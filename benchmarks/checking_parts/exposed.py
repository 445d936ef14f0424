"""A grader of the corpus as a plain function that other tools can call, with the rows its author would have.

A peer sees what `rewardkit test` sees: the data file, else the rows of the grader's cases. A score from a range that begins below 0 is moved
to 0 to 1, as the tools take 0 for nothing. An abstention is None, TRL's "does not apply"; a grader that raises, runs out of time or returns
nonsense raises, as it would without us.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from rewardkit import Score, collect
from rewardkit.checking import known_rows, read_data
from rewardkit.checking.forms import Form, form_of
from rewardkit.checking.kinds import kind_of, reference_of
from rewardkit.checking.known_rows import KnownRow
from rewardkit.checking.trials import Material
from rewardkit.grader import Grader, same_code
from rewardkit.options import Answer

from .corpus import Specimen

_ABSTAINS = ("not_applicable", "bad_reference", "judge_unavailable", "judge_unparseable", "judge_refused")
_NOT_FOR_GRADERS = ("id", "gold", "wrong", "messages")


class GraderFailed(Exception):
    """The grader's own code failed on a completion."""


@dataclass(frozen=True)
class Exposed:
    """A grader with its rows. Besides prompt and columns `rows` hold `gold`, an accepted completion ("" where none is known), and
    `wrong`, a list.
    """

    grader: Grader
    known: tuple[KnownRow, ...]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as a data set: what the grader asks for, the prompt in the form it had, and a right answer."""
        return [_row(known) for known in self.known]

    @property
    def compared(self) -> str:
        """The column that it compares completions with, "" when there is none or more than one."""
        names = {name for known in self.known for name in known.compared}
        return names.pop() if len(names) == 1 else ""

    @cached_property
    def forms(self) -> list[Form | None]:
        """How each row's accepted completion is written; None where its content is not found in it, there is none, or it is compared with
        nothing, so that no other content would be wrong.
        """
        kind = kind_of(Material(self.grader, self.known, seed=0))
        return [_form(known, kind) if known.golds and known.compared else None for known in self.known]

    def reward(self, completion: object, row: Mapping[str, Any]) -> float | None:
        """The score of a text, or of chat messages, whose last is taken. None: it abstains. GraderFailed: its code failed."""
        score = self._score(text_of(completion), {**row, **_conversation(row)})
        if score.value is None:
            if score.cause in _ABSTAINS:
                return None
            raise GraderFailed(f"{score.cause}: {score.reason}")
        low, high = self.grader.options.range
        declared = not self.grader.attribute.startswith(("trl+", "verl+"))
        return (score.value - low) / (high - low) if declared and low < 0 else score.value

    def _score(self, text: str, columns: dict[str, Any]) -> Score:
        if self.grader.in_groups:
            return self.grader.score_group([text], **columns)[0]
        return self.grader.score(text, **columns)


def exposed(specimen: Specimen) -> Exposed:
    """The grader of a specimen; each call calls it, also for a completion that it has seen."""
    (grader,) = collect([specimen.target])
    known = known_rows(grader, read_data(specimen.data, {}) if specimen.data else [])
    usable = [row for row in known if not row.broken and not row.empty] or known
    rows = [row for row in usable if row.from_data] or usable
    return Exposed(same_code(grader, options=replace(grader.options, cache=False)), tuple(rows))


def text_of(completion: object) -> str:
    """The text of a completion in either form."""
    if isinstance(completion, list):
        completion = completion[-1].get("content") if completion else ""
    return completion if isinstance(completion, str) else ""


def messages_of(prompt: Any) -> list[dict[str, Any]]:
    """A prompt as chat messages."""
    return prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]


def _row(known: KnownRow) -> dict[str, Any]:
    columns = {name: value for name, value in known.columns.items() if name not in _NOT_FOR_GRADERS}
    prompt = known.columns.get("messages") or known.columns.get("prompt", "")
    return {**columns, "prompt": prompt, "gold": next(iter(known.golds), ""), "wrong": list(known.wrongs)}


def _form(known: KnownRow, kind: Answer | None) -> Form | None:
    """By the reference, else by a box, tags and the like."""
    return form_of(known.golds[0], reference_of(known), kind) or form_of(known.golds[0], None, None)


def _conversation(row: Mapping[str, Any]) -> dict[str, Any]:
    """A prompt of chat messages as rewardkit's columns `messages` and `prompt`."""
    prompt = row.get("prompt")
    if not isinstance(prompt, list):
        return {}
    return {"messages": prompt, "prompt": "\n".join(text_of([message]) for message in prompt)}
