"""Columns that a grader asks for and the data calls something else: guessed from names that are in use, where one column fits.

    asks for `reference`; the rows have `problem`, `answer`, `solution`    ->    reference <- answer, prompt <- problem, gold <- solution

A column fits when every row has it, the grader does not ask for it by its own name, and its name is the one asked for in another spelling
(`Ground Truth`) or means the same. A dot leads into a mapping, as in verl's data: `reward_model.ground_truth`, `extra_info.answer`.
Where several could be the reference, it is the one that the others contain in every row. A column of right answers (`gold`) has a name that
means nothing else, or contains the reference in every row; what it holds is used only as far as the grader accepts it (guessed_golds.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from ..columns import find_column, find_value
from ..errors import GraderError
from ..grader import BUILT_IN, Grader
from ..row_shapes import PROMPTS, PROMPTS_OR_NOT, TRUTH, plain_name, recognise
from ..samples import Sample, prompt_of
from .known_rows import leaves, reference_columns, reference_in

Guesses: TypeAlias = dict[str, str]
"""The name of each column that was guessed -> the path of its values in the rows."""

_SURELY_GOLD = (
    "gold_completion",
    "completion_gold",
    "gold_response",
    "gold_solution",
    "correct_completion",
    "correct_response",
    "reference_completion",
    "reference_response",
)
_PERHAPS_GOLD = ("solution", "response", "answer", "rationale", "explanation", "output")
_NEVER = ("id", "completion", "gold", "wrong")
_OF_VERL = "reward_model.ground_truth"
_INSIDE = ("extra_info", "reward_model")

_Rows: TypeAlias = Sequence[Mapping[str, Any]]


def guess_columns(graders: Sequence[Grader], samples: Sequence[Sample]) -> Guesses:
    """What the graders and their test need of the samples and do not find there by name; empty when nothing had to be guessed.

    GraderError when a grader must have a column and several could be it.
    """
    rows = [_row(sample) for sample in samples]
    found: Guesses = {}
    for grader in graders if rows else ():
        lacking = list(_lacking(grader, rows))
        for name in lacking:
            alone = not any(_synonyms(name) == _synonyms(other) for other in lacking if other != name)
            fitting = _fitting(name, grader, rows, by_meaning=alone)
            if len(fitting) > 1 and name in grader.needs:
                raise _undecided(grader, name, fitting, samples[0])
            found |= {name: fitting[0]} if len(fitting) == 1 else {}
    asked = {name for grader in graders for name in grader.wants}
    if rows and not any("prompt" in row for row in rows):
        vague = [name for name in PROMPTS_OR_NOT if name not in asked]
        known = _of_shape("prompt", rows)
        fitting = known or _everywhere(PROMPTS[1:], rows) or _everywhere(vague, rows)
        found |= {"prompt": fitting[0]} if len(fitting) == 1 else {}
    if rows and not any("gold" in row for row in rows):
        fitting = list(_golds(graders, found, asked.union(found.values()), rows))
        found |= {"gold": fitting[0]} if len(fitting) == 1 else {}
    return found


def with_guesses(samples: Sequence[Sample], guesses: Mapping[str, str]) -> list[Sample]:
    """The samples with what was guessed beside what they have."""
    return [_with_guesses(sample, guesses) for sample in samples] if guesses else list(samples)


def _with_guesses(sample: Sample, guesses: Mapping[str, str]) -> Sample:
    row = _row(sample)
    values = {name: found[0] for name, path in guesses.items() if (found := find_value(row, path))}
    if "prompt" in values:
        text, messages = prompt_of(values.pop("prompt"), None, sample.where)
        sample = replace(sample, prompt=text, messages=messages)
    return replace(sample, columns={**sample.columns, **values})


def _row(sample: Sample) -> dict[str, Any]:
    prompt = {"prompt": sample.prompt} if sample.prompt or sample.messages else {}
    return {**prompt, **sample.columns}


def _lacking(grader: Grader, rows: _Rows) -> Iterator[str]:
    """The columns that it must have and some row lacks; where it finds its reference in the whole row by itself, its first name for that."""
    for name in grader.needs:
        if name not in (*BUILT_IN, "id") and not all(name in row for row in rows):
            yield name
    sought = list(reference_in(grader))
    if not reference_columns(grader) and not any(find_column(row, sought) for row in rows):
        yield from [name for name in sought if name in TRUTH][:1]


def _fitting(name: str, grader: Grader, rows: _Rows, *, by_meaning: bool) -> list[str]:
    """The paths that could be the column: one is a guess, several are none."""
    taken = {*grader.wants, *_NEVER}
    inside = [f"{outer}.{name}" for outer in _INSIDE]
    synonyms = _synonyms(name) if by_meaning else ()
    ways: list[Sequence[str]] = [[name], inside]
    if synonyms == TRUTH:
        ways.append([_OF_VERL])
    ways += [synonyms, [f"{_INSIDE[0]}.{synonym}" for synonym in synonyms]]
    if synonyms == TRUTH:
        ways.append(_of_shape("reference", rows))
    for way in ways:
        fitting = [path for path in _everywhere(way, rows) if path not in taken]
        if fitting:
            return _shortest(fitting, rows) if synonyms == TRUTH else fitting
    return []


def _of_shape(name: str, rows: _Rows) -> list[str]:
    """The path that the shape of the rows has for it, where every row has that; in `grade`, `eval` and `train` it is the same."""
    path = recognise(rows[0]).columns.get(name)
    return [path] if path is not None and all(find_value(row, path) for row in rows) else []


def _synonyms(name: str) -> Sequence[str]:
    groups = (TRUTH, (*PROMPTS, *PROMPTS_OR_NOT))
    return next((group for group in groups if plain_name(name) in map(plain_name, group)), ())


def _everywhere(wanted: Sequence[str], rows: _Rows) -> list[str]:
    """The paths of these names, in whatever spelling, that every row has, and some row with a value."""
    found = []
    for path in wanted:
        outer, dot, _ = path.rpartition(".")
        first = rows[0].get(outer) if dot else rows[0]
        names = first if isinstance(first, Mapping) else ()
        spelled = [
            f"{outer}{dot}{key}" for key in names if plain_name(f"{outer}{dot}{key}") == plain_name(path)
        ]
        found += [place for place in spelled if _has_values(place, rows)]
    return found


def _has_values(path: str, rows: _Rows) -> bool:
    cells = [find_column(row, [path]) for row in rows]
    return all(cells) and any(cell and cell[1] not in (None, "") for cell in cells)


def _shortest(paths: Sequence[str], rows: _Rows) -> list[str]:
    """The one that all others contain in every row, if there is one."""
    for path in paths:
        others = [other for other in paths if other != path]
        if all(_contains(_value(row, other), _value(row, path)) for row in rows for other in others):
            return [path]
    return list(paths)


def _golds(graders: Sequence[Grader], found: Guesses, taken: set[str], rows: _Rows) -> Iterator[str]:
    """Columns of texts that are right answers by their name, or that hold each row's reference and more."""
    truths = [_truth(graders, found, row) for row in rows]
    used = {*taken, *_NEVER, *(path for grader in graders for path in reference_in(grader))}
    for path in _everywhere(_SURELY_GOLD, rows):
        if path not in used and all(_is_text(_value(row, path)) for row in rows):
            yield path
            return
    for path in _everywhere([*_PERHAPS_GOLD, *(f"{_INSIDE[0]}.{name}" for name in _PERHAPS_GOLD)], rows):
        texts = [_value(row, path) for row in rows]
        pairs = list(zip(texts, truths, strict=True))
        if path in used or not all(map(_is_text, texts)):
            continue
        if all(_contains(text, truth) for text, truth in pairs) and any(
            not _contains(truth, text) for text, truth in pairs
        ):
            yield path


def _truth(graders: Sequence[Grader], found: Guesses, row: Mapping[str, Any]) -> Any:
    """What a row's answers are compared with, where one value is."""
    for grader in graders:
        names = reference_columns(grader)
        sought = names if len(names) == 1 else tuple(reference_in(grader))
        cell = find_column(row, [*(found[name] for name in sought if name in found), *sought])
        if cell:
            return cell[1]
    return None


def _value(row: Mapping[str, Any], path: str) -> Any:
    cell = find_column(row, [path])
    return cell[1] if cell else None


def _contains(whole: object, part: object) -> bool:
    """Whether a text holds one of the texts or numbers of a value as words of their own."""
    text = _words(whole)
    parts = [found for leaf in leaves(part) if (found := _words(leaf))]
    return any(re.search(rf"(?<!\w){re.escape(found)}(?!\w)", text) for found in parts)


def _words(value: object) -> str:
    text = value if isinstance(value, str) else " ".join(leaves(value))
    return " ".join(re.sub(r"(?<=\d),(?=\d)", "", text).casefold().split())


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _undecided(grader: Grader, name: str, fitting: Sequence[str], sample: Sample) -> GraderError:
    place = f" in {sample.where}" if sample.where else ""
    return GraderError(
        f"{grader} asks for '{name}', which is no column{place}; {' and '.join(map(repr, fitting))} could be it: "
        f"--column {name}={fitting[0]} decides"
    )
