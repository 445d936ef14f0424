"""Whether a candidate's text can leave the place that a judge's prompt has for it.

What stands between tags, in a code fence, in quotes of JSON or between two lines of signs is material; an order counts as obeyed when it
stands outside of that, because there is no such place or because the candidate has closed it.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>$")
_MARKS = ("```", '"""', "'''", "~~~")
_SIGNS = re.compile(
    r"^[\W_]{3,}$|^[\W_]*\s*[\w\s]*[0-9a-fA-F]{8,}[\w\s]*[\W_]*$|^[\W_]{2,}.*[\W_]{2,}$|^[\[<(].*[\])>]$"
)
_CLOSERS = re.compile(
    r"</[A-Za-z][\w.-]*>|`{3,}|\"{3}|'{3}|~{3,}|[-=#*_+]{3,}|\[/[A-Za-z_ ]+\]|\[END[ \w]*\]|<\|?/?end\w*\|?>",
    re.IGNORECASE,
)


def closers_in(source: str) -> list[str]:
    """What closes a place for a candidate in prompts that stand in a file's text."""
    return [text for text in dict.fromkeys(_CLOSERS.findall(source)) if text not in ('"""', "'''")]


def stands_outside(message: str, candidate: str, order: str) -> bool:
    """Whether the order of a candidate stands in a message where the message's own words stand.

    `candidate` is what was graded, up to and with the order. A message that does not hold it word for word has marked or escaped it.
    """
    start = message.find(candidate)
    if start < 0 or order not in candidate:
        return False
    before, after = message[:start].rstrip(), message[start + len(candidate) :]
    if not before and not after.strip():
        return False  # a message of its own
    closer = _closer(before, after)
    return closer is None or closer in candidate


def _closer(before: str, after: str) -> str | None:
    """The text that ends the candidate's place; None when there is no such place."""
    tag = _TAG.search(before)
    if tag:
        return f"</{tag[1]}>"
    last = before.rpartition("\n")[2].strip()
    for mark in _MARKS:
        if last.startswith(mark) or last.endswith(mark):
            return mark
    if before.endswith(('"', "'", "“", "«")):
        return {"“": "”", "«": "»"}.get(before[-1], before[-1])
    if last and _SIGNS.match(last):
        return (
            last
            if last in after
            else next((line.strip() for line in after.splitlines() if line.strip()), last)
        )
    return None
