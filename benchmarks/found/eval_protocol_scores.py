"""eval-protocol 0.3.33: the reward functions that call no model.

pip install eval-protocol==0.3.33
"""

from __future__ import annotations

from typing import Any

from eval_protocol.models import Message
from eval_protocol.rewards.accuracy import accuracy_reward
from eval_protocol.rewards.format import format_reward
from eval_protocol.rewards.json_schema import json_schema_reward
from eval_protocol.rewards.list_comparison_math_reward import list_comparison_math_reward
from eval_protocol.rewards.math import math_reward
from eval_protocol.rewards.multiple_choice_math_reward import multiple_choice_math_reward

from rewardkit import reward

_SCHEMA = {
    "type": "object",
    "properties": {
        "vendor": {"type": "string"},
        "total": {"type": "number"},
        "paid": {"type": "boolean"},
    },
    "required": ["vendor", "total", "paid"],
}


def _messages(completion: str) -> list[Message]:
    return [Message(role="user", content="question"), Message(role="assistant", content=completion)]


@reward(answer="number")
def math(completion: str, ground_truth: str) -> float:
    """The numbers found in the completion, compared with those of the ground truth."""
    return float(math_reward(messages=_messages(completion), ground_truth=ground_truth).score)


@reward(answer="number")
def accuracy(completion: str, ground_truth: str) -> float:
    """An expression found in the text, compared with the one of the ground truth."""
    truth = [Message(role="assistant", content=ground_truth)]
    return float(accuracy_reward(messages=_messages(completion), ground_truth=truth).score)


@reward(answer="text")
def accuracy_of_text(completion: str, reference: str) -> float:
    """The same for texts."""
    truth = [Message(role="assistant", content=reference)]
    return float(accuracy_reward(messages=_messages(completion), ground_truth=truth).score)


@reward(answer="label")
def multiple_choice(completion: str, reference: str) -> float:
    """The letter of the option."""
    truth = [Message(role="assistant", content=f"({reference})")]
    return float(multiple_choice_math_reward(messages=_messages(completion), ground_truth=truth).score)


@reward(answer="list")
def number_list(completion: str, ground_truth: str) -> float:
    """The numbers of a boxed list, in any order."""
    return float(list_comparison_math_reward(messages=_messages(completion), ground_truth=ground_truth).score)


@reward(reference_free=True)
def format_of_tags(completion: str) -> float:
    """`<think>` and `<answer>`, each on lines of its own."""
    return float(format_reward(messages=_messages(completion)).score)


@reward(answer="json", reference_free=True)
def schema_of_json(completion: str, reference: dict[str, Any]) -> float:
    """The names and types of the properties; values are no matter."""
    return float(json_schema_reward(messages=_messages(completion), expected_schema=_SCHEMA).score)
