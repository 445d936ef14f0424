"""How a sample is to be graded: engine, dialect, clock, instances, rules. From the grader's settings and, over them, the sample's columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from rewardkit import Unscored
from rewardkit.errors import did_you_mean

from .comparing.rules import Rules
from .engines.duckdb_clock import DEFAULT_CLOCK
from .translating.dialect_names import dialect_of

DEFAULT_INSTANCES = 6
MAX_INSTANCES = 16
_AUTO = re.compile(r"auto(?::(\d+))?\Z")


@dataclass(frozen=True, slots=True)
class Settings:
    """engine: "duckdb" or "sqlite". dialect: "" for the engine's own, else the one to translate from where a query does not run as written.

    clock: the UTC moment at which NOW() stands still. instances: how many database instances a result must be right on, the given one among them.
    """

    engine: str = "duckdb"
    dialect: str = ""
    clock: str = DEFAULT_CLOCK
    instances: int = DEFAULT_INSTANCES
    rules: Rules = field(default_factory=Rules)


def instances_of(value: object) -> int:
    """How many instances "auto:6", "auto", "given" or a number means; Unscored (bad_reference) for anything else."""
    text = str(value).strip().lower()
    if text == "given":
        return 1
    match = _AUTO.match(text) or re.match(r"()(\d+)\Z", text)
    number = (
        int(match.group(match.lastindex))
        if match and match.lastindex and match.group(match.lastindex)
        else DEFAULT_INSTANCES
    )
    if match is None or not 1 <= number <= MAX_INSTANCES:
        hint = did_you_mean(text.partition(":")[0], ("given", "auto"))
        raise _bad("instances", value, f"'given', or 'auto:K' with K from 1 to {MAX_INSTANCES}.{hint}")
    return number


def with_columns(settings: Settings, columns: dict[str, Any]) -> Settings:
    """The settings of one sample: what its columns say, where they say anything (an empty cell of a CSV file does not)."""
    given = tuple((name, str(value).strip()) for name, value in columns.items() if value is not None)
    return _with(settings, given)


@lru_cache(maxsize=256)
def _with(settings: Settings, columns: tuple[tuple[str, str], ...]) -> Settings:
    given = {name: value for name, value in columns if value}
    if not given:
        return settings
    changes: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    for name, value in given.items():
        if name == "ordered":
            rules["order"] = "exact" if _flag(name, value) else "any"
        elif name == "instances":
            changes[name] = instances_of(value)
        elif name == "dialect":
            changes[name] = dialect_of(value)
        elif name == "engine":
            changes[name] = value.lower()
        elif name in Rules.__dataclass_fields__:
            rules[name] = rule_value(name, value)
        else:
            changes[name] = value
    if changes.get("dialect") == changes.get("engine", settings.engine):
        changes["dialect"] = ""
    return replace(settings, **changes, rules=replace(settings.rules, **rules))


def rule_value(name: str, value: object) -> Any:
    """A rule's value as Python or a CSV cell writes it; Unscored (bad_reference) says what is allowed."""
    hint = get_type_hints(Rules)[name]
    allowed = get_args(hint)
    if allowed:
        word = str(value).strip().lower()
        if word not in allowed:
            raise _bad(name, value, f"{', '.join(allowed)}.{did_you_mean(word, allowed)}")
        return word
    if hint is bool:
        return _flag(name, value)
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise _bad(name, value, "a number of at least 0")
    return number


def _flag(name: str, value: object) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    word = str(value).strip().lower()
    if word not in words:
        raise _bad(name, value, f"true or false, yes or no.{did_you_mean(word, words)}")
    return words[word]


def _bad(name: str, value: object, allowed: str) -> Unscored:
    return Unscored(f"{name} {value!r}; allowed: {allowed}", cause="bad_reference")
