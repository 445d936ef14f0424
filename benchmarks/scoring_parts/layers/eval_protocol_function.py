"""eval-protocol (reward-kit's successor): a `@reward_function` called once for each completion."""

from __future__ import annotations

from typing import Any

from eval_protocol import EvaluateResult, reward_function

from scoring_parts.layers import last_token
from scoring_parts.rows import Row


@reward_function
def _last_token(messages: list[dict[str, Any]], ground_truth: str, **kwargs: Any) -> EvaluateResult:
    return EvaluateResult(score=last_token(messages[-1]["content"], ground_truth), reason="")


def prepare(rows: list[Row]) -> list[tuple[list[dict[str, str]], str]]:
    return [
        (
            [{"role": "user", "content": row.prompt}, {"role": "assistant", "content": row.completion}],
            row.reference,
        )
        for row in rows
    ]


def score(prepared: list[tuple[list[dict[str, str]], str]]) -> list[EvaluateResult]:
    return [_last_token(messages=messages, ground_truth=reference) for messages, reference in prepared]


def values(results: list[EvaluateResult]) -> list[float]:
    return [result.score for result in results]
