"""Texts of a finding as a person is shown them: the ends of a long value, the telling lines of what a grader printed."""

from __future__ import annotations

from collections.abc import Sequence

_LONGEST = 100  # characters of a value
_MOST_LINES = (
    8  # of an output: the error with its innermost three calls, or a stack with what was printed before it
)
_MOST_PRINTED = 3  # of those, before a stack
_WIDTH = 160  # characters of a line
_STACK = "Stack (most recent call first):"


def shorten(value: object, longest: int = _LONGEST) -> str:
    """A value as Python writes it, its middle left out when it is long, and then with its length."""
    text = repr(value)
    if len(text) <= longest:
        return text
    half = longest // 2 - 2
    size = f" ({len(value):,} characters)" if isinstance(value, str) else ""
    return f"{text[:half]} ... {text[-half:]}{size}"


def printable(text: str) -> str:
    """The text with control characters and lone surrogates escaped: an error message may quote any completion."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def whole(output: str) -> list[str]:
    """Every line of an output, without the lines that only point at a column."""
    return [_line(line) for line in output.splitlines() if line.strip(" ^~")]


def excerpt(output: str) -> list[str]:
    """The lines of an output that tell most: its last, or the innermost calls of a stack and the last that was printed before it."""
    lines = [_cut(line) for line in whole(output)]
    if _STACK not in lines:
        return _last(lines, _MOST_LINES)
    stack = lines.index(_STACK)
    printed = _last(lines[:stack], _MOST_PRINTED)
    calls = lines[stack:]
    most = _MOST_LINES - len(printed)
    return [*printed, *calls[:most], *["..."] * (len(calls) > most)]


def _last(lines: Sequence[str], most: int) -> list[str]:
    return ["..."] * (len(lines) > most) + list(lines[-most:])


def _line(line: str) -> str:
    text = printable(line.expandtabs(4).rstrip())
    if text.lstrip().startswith('File "'):
        text = text.strip()
    return text


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 4]} ..."
