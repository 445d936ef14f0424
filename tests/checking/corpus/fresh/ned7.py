"""Retrieval: the model lists the ids of all clauses that matter for a question, or 'none'. Rewarded by F1."""

import re

CLAUSE = re.compile(r"[A-Z]{2}-[0-9]{3}")
SEPARATORS = re.compile(r"[\s,;]+")
BULLET = re.compile(r"[-*\u2022]|[0-9]{1,2}[.)]")
LONGEST = 4_000


def listed_clauses(text: str) -> set[str] | None:
    """The ids that a text consists of; None when it is anything else than a list of ids."""
    text = text.rpartition("</think>")[2].strip()
    if not text or len(text) > LONGEST:
        return None
    if text.strip("*`\"'.[]").casefold() == "none":
        return set()
    parts = [part.strip("[]()\"'`*.") for part in SEPARATORS.split(text) if not BULLET.fullmatch(part)]
    ids = [part.upper() for part in parts if part]
    if not ids or not all(CLAUSE.fullmatch(identifier) for identifier in ids):
        return None
    return set(ids)


def clause_f1_reward(completions, relevant, **kwargs):
    rewards = []
    for text, wanted in zip(completions, relevant):
        listed = listed_clauses(text)
        if listed is None or not isinstance(wanted, list | tuple):
            rewards.append(0.0)
        elif not wanted or not listed:
            rewards.append(1.0 if not wanted and not listed else 0.0)
        else:
            right = len(listed & set(wanted))
            rewards.append(2 * right / (len(listed) + len(set(wanted))))
    return rewards
