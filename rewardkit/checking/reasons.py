"""Reasons that say the same of different references."""

from __future__ import annotations

from collections.abc import Iterator

from .known_rows import KnownRow

_QUOTED = 8  # characters of a reference's beginning that make a quotation, where it has so many
_MARK = "\N{HORIZONTAL ELLIPSIS}"


def apart_from_reference(reason: str, row: KnownRow) -> str:
    """The reason without the row's reference where it quotes it, whole or cut off: two rows with one trouble then have one reason."""
    for text in _references(row):
        quoted = text[: _length_quoted(text, reason)]
        if len(quoted) >= min(_QUOTED, len(text)):
            return reason.replace(quoted, _MARK, 1)
    return reason


def _references(row: KnownRow) -> Iterator[str]:
    """What is compared with, as text, and then each of several references in it (`SELECT 1; SELECT 2`)."""
    if len(row.compared) == 1:
        text = str(*row.compared.values()).strip()
        yield from (part for part in dict.fromkeys((text, *map(str.strip, text.split(";")))) if part)


def _length_quoted(text: str, reason: str) -> int:
    """How much of the text's beginning is somewhere in the reason."""
    shortest, longest = 0, len(text)
    while shortest < longest:
        middle = (shortest + longest + 1) // 2
        if text[:middle] in reason:
            shortest = middle
        else:
            longest = middle - 1
    return shortest
