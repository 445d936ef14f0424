"""GRPO reward: put the accents back into French text that lost them (TRL)."""

import re
import unicodedata


def comparable(text: str) -> str:
    """Spelling without the accidents of encoding, case and spacing."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    letters = letters.replace("\u2019", "'").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", letters).strip(" .\"'")


def restored(completions, reference, **kwargs):
    """1.0 for the sentence as it is printed, else 0.0."""
    rewards = []
    for text, wanted in zip(completions, reference, strict=True):
        found = re.findall(r"<answer>([^<]*)</answer>", text)
        rewards.append(1.0 if len(found) == 1 and comparable(found[0]) == comparable(wanted) else 0.0)
    return rewards
