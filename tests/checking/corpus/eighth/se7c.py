"""TRL reward for legal research: the section of the United States Code that governs, compared part by part."""

import re

SHORT = re.compile(
    r"\b([0-9]{1,2})\s*U\.?\s?S\.?\s?(?:Code|C\.?(?:\s?A\.?)?)\s*,?\s*(?:§{1,2}|sections?|sec\.)?\s*([0-9]{1,5}[a-z]?)((?:\s?\([0-9a-z]{1,4}\))*)",
    re.IGNORECASE,
)
LONG = re.compile(
    r"\bsection\s+([0-9]{1,5}[a-z]?)((?:\s?\([0-9a-z]{1,4}\))*)\s+of\s+title\s+([0-9]{1,2})\b", re.IGNORECASE
)
TITLE = re.compile(
    r"\btitle\s+([0-9]{1,2})\s*,?\s*(?:section|sec\.|§)\s*([0-9]{1,5}[a-z]?)((?:\s?\([0-9a-z]{1,4}\))*)",
    re.IGNORECASE,
)
YEAR = re.compile(r"\s?\((?:19|20)[0-9]{2}\)")


def citations_in(text):
    """{('28', '1331', '')} for '28 U.S.C. § 1331', '28 USC 1331' and 'section 1331 of title 28'."""
    found = {(title, section, part) for title, section, part in SHORT.findall(text) + TITLE.findall(text)}
    found |= {(title, section, part) for section, part, title in LONG.findall(text)}
    return {
        (title.lstrip("0"), section.lower(), re.sub(r"\s", "", part).lower())
        for title, section, part in found
    }


def statute_reward(completions, statute, **kwargs) -> list[float]:
    """1.0 when the last line cites the governing section and no other."""
    rewards = []
    for completion, truth in zip(completions, statute):
        lines = [YEAR.sub("", line) for line in completion.splitlines() if line.strip()]
        wanted = citations_in(truth)
        cited = citations_in(lines[-1]) if lines else set()
        further = bool(lines) and re.search(r"[0-9]", TITLE.sub("", LONG.sub("", SHORT.sub("", lines[-1]))))
        rewards.append(float(len(wanted) == 1 and cited == wanted and not further))
    return rewards
