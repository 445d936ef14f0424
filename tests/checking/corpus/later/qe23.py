"""Accuracy reward for competition problems; the data hold worked solutions that end in a box."""

import re

BOXED = re.compile(r"\\boxed\{(.*?)\}")


def text_of(completion) -> str:
    return completion if isinstance(completion, str) else completion[-1]["content"]


def final_box(text: str) -> str | None:
    """The last boxed answer in one way of writing, None when there is none."""
    found = BOXED.findall(text)
    if not found:
        return None
    answer = found[-1].replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")
    answer = answer.replace("\\left", "").replace("\\right", "").replace("\\!", "").replace("$", "")
    return re.sub(r"\s+", "", answer).rstrip(".")


def accuracy(completions, solution, **kwargs) -> list[float]:
    """1 when the last box of the completion is that of the worked solution."""
    rewards = []
    for completion, worked in zip(completions, solution):
        answer = final_box(text_of(completion))
        rewards.append(1.0 if answer is not None and answer == final_box(worked) else 0.0)
    return rewards
