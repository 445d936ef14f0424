"""verifiers 0.1: `Rubric.score_group` over the states of a group; one reward function."""

from __future__ import annotations

import asyncio
from typing import Any

import verifiers as vf

from scoring_parts.layers import last_token
from scoring_parts.rows import Row


def _reward(completion: list[dict[str, str]], answer: str) -> float:
    return last_token(completion[-1]["content"], answer)


_rubric = vf.Rubric(funcs=[_reward])
_loop = asyncio.Runner()


def prepare(rows: list[Row]) -> list[vf.State]:
    return [
        vf.State(
            input={"prompt": _said("user", row.prompt), "answer": row.reference, "example_id": n},
            completion=_said("assistant", row.completion),
            trajectory=[],
            timing=vf.RolloutTiming(),
        )
        for n, row in enumerate(rows)
    ]


def _said(role: str, text: str) -> list[dict[str, str]]:
    return [{"role": role, "content": text}]


def score(states: list[vf.State]) -> list[vf.State]:
    _loop.run(_rubric.score_group(states))
    return states


def values(states: list[Any]) -> list[float]:
    return [state["reward"] for state in states]
