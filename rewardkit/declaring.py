"""Graders written in TOML, for people who do not write Python.

[coverage]                                  # the grader's name
use = "label"                               # a grader that an installed package offers (entry-point group `rewardkit.graders`)
labels = ["covered", "excluded"]            # settings of that grader; options such as `timeout` stand beside them

[[coverage.case]]                           # `case` (with expect) and `probe` (with ceiling), any number of each
completion = "Covered, section 2."
reference = "covered"
expect = 1
"""

from __future__ import annotations

import importlib.metadata
import inspect
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

from .cases import Mark, case_of, cases_beside
from .errors import ConfigError, GraderError, did_you_mean
from .grader import JUDGED, Grader
from .options import OptionArgs, options_of
from .toml_files import TomlFile, read_toml

GROUP = "rewardkit.graders"

_OPTION_NAMES = frozenset(OptionArgs.__annotations__) - {"name"}
_SETTING = re.compile(r"[\w.]+(?==)")
_USE = re.compile(r"^\s*use\s*=", re.MULTILINE)
_RESERVED = ("use", "description", "case", "probe")


def installed_graders() -> dict[str, importlib.metadata.EntryPoint]:
    """What installed packages offer under the entry-point group `rewardkit.graders`: graders and factories, by name."""
    return {point.name: point for point in importlib.metadata.entry_points(group=GROUP)}


def is_grader_file(path: Path) -> bool:
    """Whether a TOML file declares graders (some top-level table has `use`) or is a rubric or a ranking; other TOML files are passed over by a scan."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return bool(_USE.search(text))  # meant as one: reading it tells the line of the mistake
    if isinstance(data.get("criteria"), list) or (_ranks(data) and {"task", "judge"} & data.keys()):
        return True
    return any(isinstance(table, dict) and "use" in table for table in data.values())


def read_graders(path: Path) -> list[Grader]:
    """The graders of a TOML file, in order; GraderError with file and line for what is wrong."""
    try:
        file = read_toml(path)
    except ConfigError as error:
        raise GraderError(str(error)) from None
    if isinstance(file.data.get("criteria"), list):
        from .judging.rubric_files import rubric_of

        return [rubric_of(file)]
    if _ranks(file.data):
        from .judging.ranking_files import ranking_of

        return [ranking_of(file)]
    graders = []
    names = [name for name, table in file.data.items() if isinstance(table, Mapping) and "use" in table]
    for name, table in file.data.items():
        if not isinstance(table, Mapping) or "use" not in table:
            _check_judged(file, name)
            raise GraderError(
                f'[{name}] declares no grader: it needs use = "label" (or another installed grader).{did_you_mean(name, names)}',
                where=file.where(name),
            )
        graders.append(_grader(file, name, table))
    return graders


def _check_judged(file: TomlFile, name: str) -> None:
    """GraderError, at the line of the mistake, for a rubric or ranking whose main table is misspelt."""
    if "criteria" in file.data:
        raise GraderError(
            "the criteria of a rubric are tables with two brackets: [[criteria]]",
            where=file.where("criteria"),
        )
    for key in file.data if {"task", "judge"} & file.data.keys() else ():
        if hint := did_you_mean(key, ("criteria", "ranking")):
            raise GraderError(
                f"unknown key '{key}'; a rubric has [[criteria]], a ranking [ranking].{hint}",
                where=file.where(key),
            )


def _ranks(data: Mapping[str, Any]) -> bool:
    """Whether that is a ranking, and not a grader of another kind that is named so."""
    table = data.get("ranking")
    return isinstance(table, Mapping) and "use" not in table


def _grader(file: TomlFile, name: str, table: Mapping[str, Any]) -> Grader:
    make = _maker(str(table["use"]), file.where(name, "use"))
    settings, options = _split(file, name, table, make)
    try:
        if any(each.kind is each.VAR_KEYWORD for each in inspect.signature(make).parameters.values()):
            grader, options = make(**settings, **options), {}
        else:
            grader = make(**settings)
        if options:
            merged = cast(OptionArgs, {**asdict(grader.options), **options})
            grader = replace(grader, options=options_of(merged, where=file.where(name)))
    except GraderError as error:
        # It is about a setting, so its message starts with "labels=" or "fields.amount.weight=".
        key = _SETTING.match(error.message)
        keys = key[0].split(".") if key else []
        raise GraderError(error.message, where=file.where(name, *keys)) from None
    marks = (*_marks(file, name, table), *cases_beside(file.path, name))
    line = file.lines.get((name,), 1)
    doc = str(table.get("description", grader.doc))
    placed = replace(
        grader, name=name, attribute=name, file=file.path, line=line, module="", marks=marks, doc=doc
    )
    if placed.kind not in JUDGED:
        return placed
    from .judging.judged_functions import at_home

    return at_home(placed)


def _maker(use: str, where: str) -> Callable[..., Grader]:
    points = installed_graders()
    if use not in points:
        raise GraderError(
            f"use = '{use}' is no installed grader; installed: {', '.join(sorted(points))}.{did_you_mean(use, points)}",
            where=where,
        )
    value = points[use].load()
    return (lambda: value) if isinstance(value, Grader) else cast(Callable[..., Grader], value)


def _split(
    file: TomlFile, name: str, table: Mapping[str, Any], make: Callable[..., Grader]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What goes to the maker and what is an option of every grader; any other key is an error at its line."""
    parameters = {
        key: parameter
        for key, parameter in inspect.signature(make).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD  # the options, which stand beside the settings here
    }
    settings: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for key, value in table.items():
        if key in _RESERVED:
            continue
        if key in parameters:
            settings[key] = value
        elif key in _OPTION_NAMES:
            options[key] = tuple(value) if key == "range" else value
        else:
            allowed = [*parameters, *sorted(_OPTION_NAMES), *_RESERVED]
            raise GraderError(
                f"unknown key '{key}' for '{table['use']}'; its settings: {', '.join(parameters) or 'none'}.{did_you_mean(key, allowed)}",
                where=file.where(name, key),
            )
    missing = [p.name for p in parameters.values() if p.default is p.empty and p.name not in settings]
    if missing:
        raise GraderError(f"'{table['use']}' needs the setting '{missing[0]}'", where=file.where(name))
    return settings, options


def _marks(file: TomlFile, name: str, table: Mapping[str, Any]) -> tuple[Mark, ...]:
    return tuple(
        case_of(values, file.where(name, key, str(index)))
        for key in ("case", "probe")
        for index, values in enumerate(table.get(key, ()))
    )
