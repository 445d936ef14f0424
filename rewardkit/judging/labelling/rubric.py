"""The part of a rubric that a person needs: what the task is and what is looked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import ConfigError, DataError, did_you_mean
from ...samples import Sample
from ...toml_files import TomlFile, read_toml
from ..criteria import Criterion, check_criteria

_COLUMN = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Rubric:
    """The task in a few sentences, which may be empty, and the criteria. `{column}` in a text stands for a column of the sample."""

    task: str
    criteria: tuple[Criterion, ...]

    def columns_of(self, sample: Sample) -> dict[str, Any]:
        """The columns of a sample that the texts stand for; DataError for one that it lacks."""
        texts = (self.task, *(criterion.text for criterion in self.criteria))
        names = dict.fromkeys(name for text in texts for name in _COLUMN.findall(text))
        for name in names:
            if name not in sample.row():
                hint = did_you_mean(name, sample.row())
                raise DataError(
                    f"the rubric asks for a column '{name}'; available: {', '.join(sample.row())}.{hint}",
                    where=sample.where,
                )
        return {name: sample.columns[name] for name in names if name in sample.columns}


def filled(text: str, row: Mapping[str, Any]) -> str:
    """The text with the columns it stands for. Braces inside a column stay as they are: nothing is filled in twice."""
    return _COLUMN.sub(lambda found: str(row.get(found[1], found[0])), text)


def rubric_of(path: Path) -> Rubric:
    """The rubric in a TOML file; ConfigError or GraderError with file and line of what is wrong."""
    file = read_toml(path)
    tables = file.data.get("criteria")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError("a rubric needs criteria: one [[criteria]] table each", where=file.where())
    task = file.data.get("task", "")
    if not isinstance(task, str):
        raise ConfigError(f"task must be text, got {task!r:.60}", where=file.where("task"))
    criteria = tuple(_criterion(file, table, str(number)) for number, table in enumerate(tables))
    check_criteria(criteria, file.where())
    return Rubric(task.strip(), criteria)


def _criterion(file: TomlFile, table: dict[str, Any], number: str) -> Criterion:
    allowed = tuple(Criterion.__slots__)
    for key in table:
        if key not in allowed:
            raise ConfigError(
                f"unknown key '{key}'; allowed: {', '.join(allowed)}.{did_you_mean(key, allowed)}",
                where=file.where("criteria", number, key),
            )
    for key in ("id", "text"):
        if key not in table:
            raise ConfigError(f"a criterion needs '{key}'", where=file.where("criteria", number))
    choices = table.get("choices", [])
    return Criterion(**{**table, "choices": tuple(choices) if isinstance(choices, list) else choices})
