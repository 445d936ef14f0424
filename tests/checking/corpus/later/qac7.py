"""Search agent: a trace of <think>, <search>, <information> and a final <answer>."""

import re
import string


def normal(text: str) -> str:
    """Lower case, no punctuation, no articles, single blanks."""
    text = "".join(" " if char in string.punctuation else char for char in text.lower())
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", text).split())


def covers(trace: str, golds: list[str]) -> bool:
    padded = f" {normal(trace)} "
    return any(f" {normal(gold)} " in padded for gold in golds)


def answer_reward(completions, answers, **kwargs) -> list[float]:
    """1 for a finished trace that gives one of the accepted answers, 0.1 for a finished one that does not, else 0."""
    rewards = []
    for completion, golds in zip(completions, answers):
        trace = completion if isinstance(completion, str) else completion[-1]["content"]
        if trace.count("<answer>") != 1 or not trace.rstrip().endswith("</answer>"):
            rewards.append(0.0)
        else:
            rewards.append(1.0 if covers(trace, golds) else 0.1)
    return rewards
