"""The adapter that falsepass asks for where it cannot infer one: what an author would write who has the rows' right and wrong completions.

An answer is written as the row's accepted completion writes its content: in its box, its tags, after `Answer:`. Where no such form is seen
an answer is a whole completion, and a wrong one the row's first wrong completion.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from falsepass import Adapter, Example, reward_support
from falsepass.auto import AutoAdapter

from checking_parts.corpus import specimen
from checking_parts.exposed import exposed


class Golds(AutoAdapter):
    """falsepass's own adapter for reward functions, told how an answer is written instead of working it out."""

    def __init__(self, which: str, ident: str, file: str, data: str) -> None:
        super().__init__({"id": ident, "framework": "reward", "task": file})
        self._grader = exposed(specimen(which, ident))
        self._source = (file, data, specimen(which, ident).truth["grader"])
        self.reward_answer_column = self._grader.compared
        self.per_example_probes: list[Any] = []

    def load(self, n: int, seed: int) -> tuple[Any, list[Example]]:
        """All rows with an accepted completion: there are fewer than the 25 that falsepass samples."""
        file, data, function = self._source
        scorer, examples, _ = reward_support.load(file, n, data, functions=[function])
        self._at = {one.key: place for place, one in enumerate(examples)}
        self.pool = [replace(one, answer=self._answer(place)) for place, one in enumerate(examples)]
        self._classify_pool()
        self.open_ended = False  # only ever asked for what a wrong answer is, and the rows say that
        return scorer, self.pool

    def _answer(self, place: int) -> str:
        form = self._grader.forms[place]
        return form.content if form else self._grader.rows[place]["gold"]

    async def prepare(self, scorer: Any, examples: list[Example]) -> None:
        """RuntimeError when no right answer earns anything, as where falsepass infers the adapter."""
        earned = {one.key: (await scorer.score(one, self.render(one.answer, one))).reward for one in examples}
        self.task_max = {key: reward for key, reward in earned.items() if reward}
        self.max_reward = max(self.task_max.values(), default=0.0)
        if self.max_reward <= 0:
            raise RuntimeError(f"no accepted completion earns anything: {earned}")

    def render(self, answer: str, example: Example) -> str:
        """In the form of the row's accepted completion."""
        form = self._grader.forms[self._at[example.key]]
        return form.write(answer) if form else answer

    def wrong_answer(self, example: Example) -> str:
        """falsepass's own where an answer is a content, else the row's first wrong completion."""
        place = self._at[example.key]
        wrong = self._grader.rows[place]["wrong"]
        return wrong[0] if wrong and not self._grader.forms[place] else super().wrong_answer(example)

    def equivalent_forms(self, example: Example) -> dict[str, Any]:
        """Those of an adapter written by hand."""
        return Adapter.equivalent_forms(self, example)
