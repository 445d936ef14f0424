"""GRPO reward: put the accents back into French text that lost them (TRL)."""

import re
import unicodedata

LEAD = re.compile(r"^\s*(?:the answer|la phrase) (?:is|est) ?:? ", re.IGNORECASE)
ANSWER = re.compile(r"<answer>([^<>]*)</answer>", re.IGNORECASE)


def comparable(text: str) -> str:
    """Accents count; how they are encoded, capitals, kinds of apostrophe, spacing and the full stop do not."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub("[\u2018\u2019\u02bc`]", "'", text)
    text = re.sub('[\u201c\u201d\u00ab\u00bb"*_]', " ", text)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([,.;:!?])", r"\1", text).strip(" .")


def answers(text):
    """What stands in the tags, each at the beginning of a line; the text itself where there are no tags."""
    found = [(match.group(1), text[: match.start()].rpartition("\n")[2]) for match in ANSWER.finditer(text)]
    return [None if before.strip(" \t\r*>`") else answer for answer, before in found] or [LEAD.sub("", text)]


def restored(completions, reference, **kwargs):
    """1.0 for the sentence as it is printed, else 0.0; None where a row has no printed sentence."""
    rewards = []
    for text, wanted in zip(completions, reference, strict=True):
        if not isinstance(wanted, str) or not comparable(wanted):
            rewards.append(None)
            continue
        rewards.append(
            float(
                all(
                    answer is not None and comparable(answer) == comparable(wanted)
                    for answer in answers(text)
                )
            )
        )
    return rewards
