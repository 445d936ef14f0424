"""Reward of the spelling run: the word in the <word> tag, British and American spelling both taken."""

import re

WORD = re.compile(r"<word>([^<>]{0,80})</word>", re.IGNORECASE)


def _word(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split()).strip(" .*_`\"'")


def spelled_word(completions: list[str], spellings: list[list[str]], **kwargs) -> list[float | None]:
    """None for a row without spellings; several different words are no answer."""
    rewards: list[float | None] = []
    for text, accepted in zip(completions, spellings):
        right = {_word(spelling) for spelling in accepted} - {""}
        visible = text.rpartition("</think>")[2].partition("<think>")[0]
        tagged = WORD.findall(visible)
        given = {_word(word) for word in tagged or [visible]}
        denied = re.search(r"\b(?:not|wrong)\b", WORD.sub("", visible), re.IGNORECASE)
        rewards.append(
            float(len(given) == 1 and len(tagged) <= 2 and given <= right and not denied) if right else None
        )
    return rewards
