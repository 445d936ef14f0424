"""Support tickets: which queue? Where two agents disagreed, either label counts (TRL, chat or plain text)."""

import re

QUEUES = ("refund", "delivery", "damaged item", "account access", "invoice", "other")
LEAD = re.compile(
    r"^(?:the\s+)?(?:right\s+|best\s+)?(?:queue|label|category|answer)(?:\s+is|\s+would be)?\s*:?\s*(?:the\s+)?"
)


def queue(text: str) -> str | None:
    """The one queue that a line of the answer names and nothing else; None when there is none, or when lines differ."""
    named = set()
    for line in text.rpartition("</think>")[2].partition("<think>")[0].splitlines():
        words = re.sub(r"[^\w:]+|_", " ", line.casefold()).split()
        named.add(LEAD.sub("", " ".join(words)).removesuffix(" queue").strip(" :"))
    named &= set(QUEUES)
    return named.pop() if len(named) == 1 else None


def routed(completions, reference, **kwargs) -> list[float]:
    """1 when the ticket goes to a queue that an agent chose."""
    rewards = []
    for completion, accepted in zip(completions, reference, strict=True):
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        rewards.append(1.0 if queue(text) in accepted else 0.0)
    return rewards
