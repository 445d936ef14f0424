"""Multiple choice with a varying number of options: the letter, or the text of the option, in <answer> tags."""

import re
import string

LETTER = re.compile(r"\(?([A-Za-z])\)?[.:]?")
LETTER_AND_TEXT = re.compile(r"\(?([A-Z])[).:] ?(.+)")


def tidy(text: str) -> str:
    return " ".join(text.replace("*", "").split()).strip(" .").casefold()


def chosen(completion: str, options: list[str]) -> str | None:
    """The letter of the option that the last pair of tags holds; None for anything else."""
    _, opened, rest = completion.rpartition("<answer>")
    inside, closed, _ = rest.partition("</answer>")
    if not opened or not closed:
        return None
    inside = " ".join(inside.replace("*", "").split())
    letters = string.ascii_uppercase[: len(options)]
    if found := LETTER.fullmatch(inside):
        return found[1].upper() if found[1].upper() in letters else None
    texts = {tidy(text): letter for letter, text in zip(letters, options, strict=True)}
    if tidy(inside) in texts:
        return texts[tidy(inside)]
    found = LETTER_AND_TEXT.fullmatch(inside)
    return found[1] if found and texts.get(tidy(found[2])) == found[1] else None


def choice_reward(completions, options, reference, **kwargs) -> list[float | None]:
    """1.0 for the right option; None where the reference is the letter of no option."""
    rewards: list[float | None] = []
    for completion, texts, truth in zip(completions, options, reference, strict=True):
        content = completion if isinstance(completion, str) else completion[-1]["content"]
        known = truth in string.ascii_uppercase[: len(texts)] and len(truth) == 1
        rewards.append(float(chosen(content, texts) == truth) if known else None)
    return rewards
