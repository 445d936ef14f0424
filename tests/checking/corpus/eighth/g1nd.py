"""Open-domain questions: exact match with one of the accepted answers after the usual normalisation."""

import re
import string


def normalise(text: str) -> str:
    text = text.lower()
    text = "".join(char for char in text if char not in set(string.punctuation) | {"–", "—", "−", "’"})
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return " ".join(text.split())


def final_answer(text: str) -> str:
    found = re.findall(r"<answer>(.*?)</answer>", text, re.DOTALL)
    return found[-1] if found else text


def exact_match(completions, accepted, **kwargs) -> list[float]:
    """1 when the answer equals one of the accepted ones."""
    rewards = []
    for completion, answers in zip(completions, accepted):
        given = normalise(final_answer(completion))
        rewards.append(1.0 if given and given in [normalise(answer) for answer in answers] else 0.0)
    return rewards
