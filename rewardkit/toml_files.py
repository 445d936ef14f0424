"""TOML files with line numbers: so that a wrong key can be named as `run.toml:7`."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ConfigError
from .paths import display_path

_HEADER = re.compile(r"^\s*\[(?P<array>\[)?\s*(?P<path>[^\]]+?)\s*\]\]?")
_MULTILINE = re.compile(r'"""|\'\'\'')
_KEY = re.compile(r"""^\s*(?P<key>"[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*=""")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed TOML file that remembers on which line each key stands."""

    path: Path
    data: dict[str, Any]
    lines: dict[tuple[str, ...], int]

    def where(self, *keys: str) -> str:
        """`file:line` of a key, or of the innermost table above it that has a line."""
        for size in range(len(keys), 0, -1):
            if keys[:size] in self.lines:
                return f"{display_path(self.path)}:{self.lines[keys[:size]]}"
        return display_path(self.path)


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file; ConfigError with file and line when it is missing or malformed."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError("no such file", where=str(path)) from None
    except UnicodeDecodeError:
        raise ConfigError("not valid UTF-8", where=str(path)) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{display_path(path)}:{line.group(1)}" if line else display_path(path)
        raise ConfigError(f"not valid TOML: {error}", where=where) from None
    return TomlFile(path, data, _lines(text))


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The line of every table header and key; the n-th table of an array is named by its number: `("claim", "case", "0")`.

    Keys inside inline tables have no line of their own; `where` falls back to their parent.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    seen: Counter[tuple[str, ...]] = Counter()
    quote = ""  # the mark that ends the multi-line text in which the line stands
    for number, line in enumerate(text.splitlines(), 1):
        inside, quote = quote, _still_open(line, quote)
        if inside:
            continue
        header = _HEADER.match(line)
        if header:
            table = _path(header["path"])
            for size in range(1, len(table)):  # tables that are only implied: `[a.b]` alone makes `a`
                lines.setdefault(table[:size], number)
            if header["array"]:
                lines.setdefault(table, number)
                seen[table] += 1
                table = (*table, str(seen[table] - 1))
            lines[table] = number
            continue
        key = _KEY.match(line)
        if key:
            lines.setdefault((*table, *_path(key["key"])), number)
    return lines


def _still_open(line: str, quote: str) -> str:
    """The mark of the multi-line text that is open after this line, given the one open before it."""
    for mark in _MULTILINE.findall(line):
        quote = "" if mark == quote else quote or mark
    return quote


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
