"""TRL reward: the arrival date of a trip within Europe. 03/04/2025 is the third of April, as the prompt says."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
STYLES = (
    (re.compile(r"(?<![0-9])([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})(?![0-9])"), (0, 1, 2)),
    (re.compile(r"(?<![0-9/.-])([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?![0-9])"), (2, 1, 0)),
    (
        re.compile(
            r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?" + MONTH + r"[.,]?\s+([0-9]{4})(?![0-9])"
        ),
        (2, 1, 0),
    ),
    (re.compile(r"\b" + MONTH + r"\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})(?![0-9])"), (2, 0, 1)),
)


def dates_in(text):
    """The dates of a line, where they exist in the calendar; none when there are further numbers in it."""
    found, text = set(), text.lower()
    for pattern, places in STYLES:
        for groups in pattern.findall(text):
            year, month, day = (groups[place] for place in places)
            number = MONTHS.index(month) + 1 if month in MONTHS else int(month)
            try:
                found.add(date(int(year), number, int(day)))
            except ValueError:
                continue
        text = pattern.sub(" ", text)
    return set() if re.search(r"[0-9]", text) else found


def arrival_reward(completions, arrival, **kwargs) -> list[float]:
    """1.0 when the last line names the arrival (`arrival`, ISO) and no other date."""
    rewards = []
    for completion, truth in zip(completions, arrival):
        lines = [line for line in completion.splitlines() if line.strip()]
        rewards.append(float(bool(lines) and dates_in(lines[-1]) == {date.fromisoformat(truth)}))
    return rewards
