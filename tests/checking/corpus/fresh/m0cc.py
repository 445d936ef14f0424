"""Short phrases translated into the language of the prompt; the translators listed what they accept."""

import unicodedata

QUOTES = "\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u300c\u300d`*_"
ENDS = " .!?\u00a1\u00bf\u3002\uff01\uff1f" + QUOTES


def comparable(text: str) -> str:
    """One Unicode form, no case, single spaces, no quotes or full stops around; letters of every script are kept."""
    text = unicodedata.normalize("NFC", text.replace("\u00a0", " ").replace("\u2019", "'"))
    return unicodedata.normalize("NFC", " ".join(text.casefold().split()).strip(ENDS))


def accepted_translation_reward(completions, accepted, **kwargs):
    """1.0 for one of the accepted translations and nothing else."""
    rewards = []
    for text, translations in zip(completions, accepted):
        if not isinstance(translations, list | tuple):
            rewards.append(0.0)
            continue
        wanted = {comparable(translation) for translation in translations} - {""}
        rewards.append(float(comparable(text.rpartition("</think>")[2]) in wanted))
    return rewards
