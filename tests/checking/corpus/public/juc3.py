"""Species of a described animal: one of the accepted names, in the answer tags."""

import re
import unicodedata


def tidy(name: str) -> str:
    name = unicodedata.normalize("NFKD", name).casefold()
    words = re.findall(r"[a-z]+", name.replace("'", "").replace("\u2019", ""))
    return " ".join(words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words)


def answer_of(text: str) -> str:
    _, opened, rest = text.rpartition("<answer>")
    inside, closed, _ = rest.partition("</answer>")
    return inside if opened and closed else ""


def name_reward(completions, names, **kwargs) -> list[float]:
    """1.0 for any of the names of the row, up to case, accents and punctuation; the whole name has to agree."""
    rewards = []
    for completion, accepted in zip(completions, names, strict=True):
        said = tidy(answer_of(completion[-1]["content"]))
        rewards.append(1.0 if said and said in {tidy(name) for name in accepted} else 0.0)
    return rewards
