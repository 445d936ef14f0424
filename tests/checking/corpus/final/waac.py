"""Triage of calls to a nurse line: emergency, urgent, semi-urgent or non-urgent, on a line `Triage: ...`."""

import re


def triage(completions: list[str], level: list[str], **kwargs: object) -> list[float]:
    """Compares the last triage line with the nurse's own level; a word of explanation after it does no harm."""
    rewards = []
    for completion, wanted in zip(completions, level, strict=True):
        lines = re.findall(r"^[ *#]*triage:(.*)$", completion.lower(), re.MULTILINE)
        rewards.append(1.0 if lines and wanted in lines[-1] else 0.0)
    return rewards
