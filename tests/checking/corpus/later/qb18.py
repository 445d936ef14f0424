"""Language consistency: the reasoning should stay in the language of the question."""

import unicodedata

SCRIPTS = {"en": "LATIN", "ru": "CYRILLIC", "el": "GREEK", "he": "HEBREW"}


def script_share(text: str, script: str) -> float:
    """The share of the letters that belong to the script."""
    letters = [char for char in text if char.isalpha()]
    return sum(unicodedata.name(char, "").startswith(script) for char in letters) / len(letters)


def language_consistency(completions, lang, **kwargs) -> list[float]:
    """The share of letters in the asked language's script; a slip of up to 5 % (names, variables) is forgiven."""
    rewards = []
    for completion, code in zip(completions, lang):
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        share = script_share(text, SCRIPTS[code])
        rewards.append(1.0 if share >= 0.95 else round(share, 3))
    return rewards
