"""Reward for the numbers game: reach the target with each of the given numbers exactly once."""

import re


def equation_reward(completions, target, nums, **kwargs) -> list[float]:
    """1.0 when the expression in <answer> tags uses the numbers and gives the target."""
    rewards = []
    for completion, goal, numbers in zip(completions, target, nums):
        found = re.findall(r"<answer>(.*?)</answer>", completion, re.DOTALL)
        expression = found[-1].strip() if found else ""
        used = sorted(int(n) for n in re.findall(r"[0-9]+", expression[:200]))
        if not re.fullmatch(r"[0-9+\-*/(). ]{1,200}", expression) or used != sorted(numbers):
            rewards.append(0.0)
            continue
        try:
            value = eval(expression, {"__builtins__": {}}, {})
            rewards.append(1.0 if abs(value - goal) < 1e-6 else 0.0)
        except Exception:
            rewards.append(0.0)
    return rewards
