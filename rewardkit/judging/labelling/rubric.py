"""The part of a rubric that a person needs: what the task is and what is looked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import ConfigError, DataError, did_you_mean
from ...samples import Sample
from ...toml_files import read_toml
from ..criteria import Criterion
from ..questions import places_in
from ..rubric_files import criteria_of


@dataclass(frozen=True, slots=True)
class Rubric:
    """The task in a few sentences, which may be empty, and the criteria. `{column}` in a text stands for a column of the sample."""

    task: str
    criteria: tuple[Criterion, ...]

    def columns_of(self, sample: Sample) -> dict[str, Any]:
        """The columns of a sample that the texts stand for; DataError for one that it lacks."""
        texts = (self.task, *(criterion.text for criterion in self.criteria))
        names = dict.fromkeys(name for text in texts for name in places_in(text))
        for name in names:
            if name not in sample.row():
                hint = did_you_mean(name, sample.row())
                raise DataError(
                    f"the rubric asks for a column '{name}'; available: {', '.join(sample.row())}.{hint}",
                    where=sample.where,
                )
        return {name: sample.columns[name] for name in names if name in sample.columns}


def rubric_of(path: Path) -> Rubric:
    """The rubric in a TOML file; ConfigError or GraderError with file and line of what is wrong."""
    file = read_toml(path)
    tables = file.data.get("criteria")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError("a rubric needs criteria: one [[criteria]] table each", where=file.where())
    task = file.data.get("task", "")
    if not isinstance(task, str):
        raise ConfigError(f"task must be text, got {task!r:.60}", where=file.where("task"))
    return Rubric(task.strip(), criteria_of(file))
