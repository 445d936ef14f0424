"""Multiple choice, A to E: the letter on the line 'Answer:' (TRL)."""

import re

LINE = re.compile(
    r"^[^\w\n]*(?:the\s+|my\s+)?(?:final\s+)?answer\s*(?:is\s*:?|:)(.*)$", re.IGNORECASE | re.MULTILINE
)
LETTER = re.compile(
    r"\(?([A-Ea-e])(?:\)?[.!]?$|[).:]\s+(?!(?:or|and|nor)\b)\S.*|\s+[-–(]\s?(?!(?:or|and|nor)\b)\S.*)"
)
SECOND = re.compile(r"(?:\bor|\band|/|,|;|&)\s*\(?[A-E][).:]")


def letter(text: str) -> str:
    """The one letter that an answer settles on; empty when there is none or when there are several."""
    text = re.sub(r"[*_`$]", "", text.rpartition("</think>")[2].partition("<think>")[0])
    rests = [rest.strip() for rest in LINE.findall(text)] or [text.strip()]
    found = set()
    for rest in rests:
        match = LETTER.fullmatch(rest)
        found.add(
            match[1].upper() if match and not SECOND.search(rest) and "answer" not in rest.lower() else ""
        )
    return found.pop() if len(found) == 1 else ""


def chosen_option(completions: list[str], reference: list[str], **kwargs) -> list[float]:
    """1 for the right letter and no other."""
    return [float(letter(text) == right) for text, right in zip(completions, reference, strict=True)]
