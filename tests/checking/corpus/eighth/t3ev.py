"""Terms of a user interface, from English to German. Several translations may be right; placeholders have to survive."""

import re
import unicodedata

PLACEHOLDER = re.compile(r"\{\w+\}|%[sd]")


def normalise(text: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    text = re.sub(r"^(?:translation|übersetzung|german|deutsch)\s*:\s*", "", text, flags=re.IGNORECASE)
    text = " ".join(text.strip("„“”\"'`*« »").split())
    parts = PLACEHOLDER.split(text)
    kept = PLACEHOLDER.findall(text)
    lowered = [part.casefold() for part in parts]
    return "".join(part + mark for part, mark in zip(lowered, [*kept, ""])).rstrip(".! ")


def interface_term(completions, accepted, **kwargs) -> list[float]:
    """1 when the translation is one of the accepted ones; case counts inside placeholders only."""
    rewards = []
    for completion, translations in zip(completions, accepted):
        known = {normalise(text) for text in translations}
        rewards.append(1.0 if normalise(completion) in known else 0.0)
    return rewards
