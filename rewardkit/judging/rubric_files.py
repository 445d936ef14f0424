"""Rubrics written in TOML, without Python: one file, one rubric, named after the file.

    task = "Grade a support agent's reply to a customer."
    judge = "gpt-4.1-mini"

    [[criteria]]
    id = "cites"
    text = "Names the section of this policy that applies: {policy}"      # {policy} is a column of the data
    points = 2

    [[criteria]]
    id = "tone"
    text = "How polite it is."
    choices = ["rude", "plain", "warm"]                                   # from the worst to the best

    [[case]]                                                              # any number of cases and probes
    completion = "Section 2 covers it."
    policy = "Section 2: water damage."
    expect = 1

Beside `criteria` stand the settings of `@rubric` (judge, ask, repeats, shortest, min_kappa, labels) and the options of every grader.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, cast

from ..cases import Mark, case_of, cases_beside
from ..errors import ConfigError, GraderError, did_you_mean
from ..grader import Grader
from ..options import OptionArgs
from ..rubrics import RubricArgs, rubric
from ..toml_files import TomlFile, read_toml
from .bars import bars_of
from .criteria import Criterion, check_criteria
from .judged_functions import at_home
from .questions import misplaced_in, places_in

_DECIDE = ("judge", "ask", "repeats", "shortest", "min_kappa")
_SETTINGS = (*_DECIDE, "labels")
OPTIONS = frozenset(OptionArgs.__annotations__) - {"name"}
_TABLES = ("task", "criteria", "case", "probe")
_KEYS = tuple(field.name for field in fields(Criterion))
GIVEN = ("completion", "completions", "answer", "messages", "sample")


def read_rubric(path: Path) -> Grader:
    """The rubric of a file; GraderError with file and line for what is wrong in it."""
    try:
        file = read_toml(path)
    except ConfigError as error:
        raise GraderError(str(error)) from None
    return rubric_of(file)


def rubric_of(file: TomlFile) -> Grader:
    """The rubric that a TOML file holds."""
    _check_keys(file)
    criteria = criteria_of(file)
    task = file.data.get("task")
    if not isinstance(task, str) or not task.strip():
        raise GraderError(
            'a rubric needs task = "...": what the judge is told to do', where=file.where("task")
        )
    try:
        bars_of(file.data.get("min_kappa"), [criterion.id for criterion in criteria])
    except ConfigError as error:
        raise GraderError(error.message, where=file.where("min_kappa")) from None
    options = options_in(file, _SETTINGS, (task, criteria), decide=_DECIDE)
    columns = dict.fromkeys(place for each in criteria for place in places_in(each.text))
    function = returning(list(criteria), columns, name_of(file.path), task)
    try:
        return as_of_file(rubric(**cast(RubricArgs, options))(function), file)
    except GraderError as error:  # about a setting, so its message starts with "pass_at="
        key = error.message.partition("=")[0]
        raise GraderError(error.message, where=file.where(*([key] if key in file.data else []))) from None


def options_in(
    file: TomlFile,
    settings: Iterable[str],
    decides: tuple[object, ...],
    *,
    decide: Iterable[str] | None = None,
) -> dict[str, Any]:
    """The settings and options at the top of a file, with a version that is another one whenever what `decides`, or one of the
    settings that `decide` (default: all), is another.

    That is what a fingerprint cannot see: it looks into the author's code, and a function that stands for a file is ours.
    """
    options = {key: value for key, value in file.data.items() if key in OPTIONS or key in settings}
    if isinstance(options.get("range"), list):
        options["range"] = tuple(options["range"])
    told = repr((*decides, *(options.get(key) for key in (settings if decide is None else decide))))
    digest = blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()
    options["version"] = f"{options.get('version', '')} {digest}".strip()
    return options


def as_of_file(grader: Grader, file: TomlFile) -> Grader:
    """The grader as one that stands in a file, with the cases and probes in it and beside it."""
    marks = (*_marks(file), *cases_beside(file.path, grader.name))
    line = min(file.lines.values(), default=1)
    return at_home(replace(grader, attribute=grader.name, file=file.path, line=line, module="", marks=marks))


def criteria_of(file: TomlFile) -> tuple[Criterion, ...]:
    """Its criteria, each checked at its own line."""
    tables = file.data["criteria"]
    made = []
    for index, table in enumerate(tables):
        where = file.where("criteria", str(index))
        if not isinstance(table, Mapping):
            raise GraderError("each criterion is a table [[criteria]]", where=where)
        for key in table:
            if key not in _KEYS:
                raise GraderError(
                    f"unknown key '{key}' in a criterion; allowed: {', '.join(_KEYS)}.{did_you_mean(key, _KEYS)}",
                    where=file.where("criteria", str(index), key),
                )
        for key in ("id", "text"):
            if key not in table:
                raise GraderError(f"a criterion needs '{key}'", where=where)
        values = {**table, "choices": tuple(table.get("choices", ()))}
        criterion = Criterion(**values)
        positive = Criterion("any", "Anything.")  # alone, one with negative points is no rubric
        check_criteria((criterion, positive) if criterion.id != "any" else (criterion,), where)
        named = [place for place in places_in(criterion.text) if place in GIVEN]
        if named:
            raise GraderError(
                f"'{{{named[0]}}}' in the text of '{criterion.id}': what is asked of an answer cannot depend on the answer; the judge sees it anyway",
                where=file.where("criteria", str(index), "text"),
            )
        if misplaced := misplaced_in(criterion.text):
            raise GraderError(
                f"'{misplaced}' in the text of '{criterion.id}' is no place for a column; write {{name}}, letters, digits and _ only",
                where=file.where("criteria", str(index), "text"),
            )
        made.append(criterion)
    check_criteria(made, file.where("criteria"))
    return tuple(made)


def returning(value: object, columns: Iterable[str], name: str, task: str) -> Callable[..., Any]:
    """A function of that name and docstring that asks for these columns and returns the value."""

    def of_file(**columns: object) -> object:
        return value

    parameters = [inspect.Parameter(column, inspect.Parameter.KEYWORD_ONLY) for column in columns]
    of_file.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    of_file.__name__, of_file.__doc__ = name, task
    return of_file


def _check_keys(file: TomlFile) -> None:
    allowed = (*_TABLES, *_SETTINGS, *sorted(OPTIONS))
    for key in file.data:
        if key not in allowed:
            raise GraderError(
                f"unknown key '{key}' in a rubric; allowed: {', '.join(allowed)}.{did_you_mean(key, allowed)}",
                where=file.where(key),
            )


def _marks(file: TomlFile) -> tuple[Mark, ...]:
    return tuple(
        case_of(values, file.where(key, str(index)))
        for key in ("case", "probe")
        for index, values in enumerate(file.data.get(key, ()))
    )


def name_of(path: Path) -> str:
    """The name of the grader that a file holds: its own."""
    name = path.stem.replace("-", "_").replace(" ", "_")
    if not name.isidentifier():
        raise GraderError(
            f"a grader is named after its file, and '{path.stem}' is no name: use letters, digits and _",
            where=str(path),
        )
    return name
