"""Math reward: the boxed answer of a completion against the boxed answer of the worked solution."""

import re

BOXED = re.compile(r"\\boxed\{([^}]*)\}")


def last_boxed(text: str) -> str | None:
    found = BOXED.findall(text)
    return found[-1] if found else None


def normalise(answer: str) -> str:
    for old, new in (
        ("\\dfrac", "\\frac"),
        ("\\tfrac", "\\frac"),
        ("\\left", ""),
        ("\\right", ""),
        ("\\!", ""),
        ("$", ""),
    ):
        answer = answer.replace(old, new)
    return re.sub(r"\s+", "", answer).rstrip(".")


def boxed_answer(completions, solution, **kwargs) -> list[float]:
    """1 when the last box of the completion holds what the last box of the solution holds."""
    rewards = []
    for completion, worked in zip(completions, solution):
        answer, truth = last_boxed(completion), last_boxed(worked)
        if answer is None or truth is None:
            rewards.append(0.0)
            continue
        rewards.append(1.0 if normalise(answer) == normalise(truth) else 0.0)
    return rewards
