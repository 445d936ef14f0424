"""Rankings written in TOML, without Python: one file, one ranking, named after the file.

    task = "Compare replies of a support agent to a customer."
    judge = "gpt-4.1-mini"

    [ranking]
    better = "The better reply is kinder and keeps to this policy: {policy}"      # {policy} is a column of the data
    against = "others"                                                            # or "reference"

At the top stand `judge`, `repeats` and `shortest` of `@ranking`, the options of every grader, and probes as in a rubric's file.
"""

from __future__ import annotations

from typing import Any, cast

from ..errors import GraderError, did_you_mean
from ..grader import Grader
from ..rankings import RankingArgs, ranking
from ..toml_files import TomlFile
from .questions import places_in
from .rubric_files import GIVEN, OPTIONS, as_of_file, name_of, options_in, returning

_SETTINGS = ("judge", "repeats", "shortest")
_TABLES = ("task", "ranking", "case", "probe")
_KEYS = ("better", "against")


def ranking_of(file: TomlFile) -> Grader:
    """The ranking that a TOML file holds; GraderError with file and line for what is wrong in it."""
    table = file.data["ranking"]
    options_there = OPTIONS - {"group"}
    _check_keys(file, (), (*_TABLES, *_SETTINGS, *sorted(options_there)), "a ranking")
    _check_keys(file, ("ranking",), _KEYS, "[ranking]")
    task, better = file.data.get("task"), table.get("better")
    if not isinstance(task, str) or not task.strip():
        raise GraderError(
            'a ranking needs task = "...": what the judge is told to do', where=file.where("task")
        )
    if not isinstance(better, str) or not better.strip():
        raise GraderError(
            '[ranking] needs better = "...": what makes one answer better than another',
            where=file.where("ranking", "better"),
        )
    named = [place for place in places_in(better) if place in GIVEN]
    if named:
        raise GraderError(
            f"'{{{named[0]}}}' in better: what is asked of an answer cannot depend on the answer; the judge sees it anyway",
            where=file.where("ranking", "better"),
        )
    options = options_in(file, _SETTINGS, (task, better))
    if "against" in table:
        options["against"] = table["against"]
    columns = dict.fromkeys(places_in(better))
    function = returning(better, columns, name_of(file.path), task)
    try:
        return as_of_file(ranking(**cast(RankingArgs, options))(function), file)
    except GraderError as error:
        raise GraderError(error.message, where=file.where("ranking")) from None


def _check_keys(file: TomlFile, at: tuple[str, ...], allowed: tuple[str, ...], what: str) -> None:
    table: dict[str, Any] = file.data["ranking"] if at else file.data
    for key in table:
        if key not in allowed:
            raise GraderError(
                f"unknown key '{key}' in {what}; allowed: {', '.join(allowed)}.{did_you_mean(key, allowed)}",
                where=file.where(*at, key),
            )
