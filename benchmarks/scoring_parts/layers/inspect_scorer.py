"""inspect_ai: a scorer awaited for every task state of the batch, all gathered; its harness (`eval`) is not in this."""

from __future__ import annotations

import asyncio

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelName, ModelOutput
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import TaskState

from scoring_parts.layers import last_token
from scoring_parts.rows import Row


@scorer(metrics=[accuracy()])
def _last_token() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=last_token(state.output.completion, target.text))

    return score


_scorer = _last_token()
_loop = asyncio.Runner()


def prepare(rows: list[Row]) -> list[tuple[TaskState, Target]]:
    return [(_state(n, row), Target(row.reference)) for n, row in enumerate(rows)]


def _state(number: int, row: Row) -> TaskState:
    return TaskState(
        model=ModelName("mockllm/model"),
        sample_id=number,
        epoch=1,
        input=row.prompt,
        messages=[ChatMessageUser(content=row.prompt), ChatMessageAssistant(content=row.completion)],
        target=Target(row.reference),
        output=ModelOutput.from_content("mockllm/model", row.completion),
    )


def score(prepared: list[tuple[TaskState, Target]]) -> list[Score]:
    return _loop.run(_together(prepared))


async def _together(prepared: list[tuple[TaskState, Target]]) -> list[Score]:
    return await asyncio.gather(*(_scorer(state, target) for state, target in prepared))


def values(results: list[Score]) -> list[float]:
    return [score.as_float() for score in results]
