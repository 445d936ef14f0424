"""Checks that make a right answer wrong (RK114 to RK116), or change what it is compared with (RK117)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .kinds import as_number
from .known_rows import KnownRow, leaves
from .mutants import (
    EXPRESSION,
    HUNDREDFOLD,
    NEGATED,
    OTHER_ORDER,
    OTHER_SIGN,
    Mutant,
    expression_mutants,
    mutants_of,
    numbers_of,
)
from .results import Skipped
from .trials import Material, Planned, Trial
from .written import Written, forgiven, no_form, not_here, texts_of, written_answers

_MOST_ROWS = 12
_BLOCK = re.compile(r"<(?P<name>\w+)>.*?</(?P=name)>", re.DOTALL)
_OF_A_HUNDRED = re.compile(
    r"%|per ?cent|\bshare\b|\bfraction\b|\bproportion|\bratio\b|\brate\b|\bprobabilit|\bchance\b|\bodds\b|\bcents?\b",
    re.IGNORECASE,
)
_CHECKS = {"changed": "RK114", "more": "RK115", "less": "RK116"}


def mutated_answers(material: Material) -> Planned:
    """RK114 a changed content, RK115 more than was asked for, RK116 less: none of them passes."""
    if material.reference_free or material.role != "whole":
        yield Skipped("RK114", not_here(material))
        return
    answers = written_answers(material, _MOST_ROWS)
    if material.rows and not answers:
        yield no_form(material, "RK114")
    tolerance = forgiven(material)
    for answer in answers:
        for mutant, text in wrong_versions(material, answer, tolerance):
            yield Trial(
                _CHECKS[mutant.sort],
                answer.row,
                (text,),
                material.stays_under(mutant.operator),
                answer.row.where,
                provable=mutant.provable,
                guessed=_may_be_right(material, answer, mutant),
            )


def wrong_versions(material: Material, answer: Written, tolerance: Decimal) -> Iterator[tuple[Mutant, str]]:
    """A right answer made wrong by one edit each, in the form it is written in; `tolerance` is the share by which a number may be off."""
    texts = texts_of(material, answer.row) if answer.kind in ("sql", "code") else []
    for mutant in mutants_of(answer.form, answer.kind, answer.others, tolerance, texts):
        text = answer.form.write_value(mutant.value)
        if not answer.row.accepts(text) and not _is_the_same_thing(answer, mutant):
            yield mutant, text


def numbers_used_again(material: Material) -> Planned:
    """RK115: where each right answer is an expression in the numbers that its row lists, one that uses others too does not pass."""
    if material.role != "whole":
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds):
        lists = [given for value in row.columns.values() for given in _whole_numbers(value)]
        for found in EXPRESSION.finditer(row.golds[0]):
            given = next((each for each in lists if sorted(each) == sorted(numbers_of(found[0]))), None)
            for mutant in expression_mutants(found[0], given) if given else ():
                text = row.golds[0][: found.start()] + mutant.value + row.golds[0][found.end() :]
                below = material.stays_under(mutant.operator)
                yield Trial("RK115", row, (text,), below, row.where, provable=False)


def blocks_too_many_or_few(material: Material) -> Planned:
    """RK115 and RK116: where a right answer has as many blocks of one tag as its reference has items, one more or one less does not pass."""
    if material.role != "whole" or material.reference_free:
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds):
        gold = row.golds[0]
        blocks = list(_BLOCK.finditer(gold))
        names = {block["name"] for block in blocks}
        asked = {len(value) for value in row.compared.values() if isinstance(value, list)}
        if len(names) != 1 or len(blocks) not in asked:
            continue
        first, last = blocks[0], blocks[-1]
        more = f"{gold[: last.end()]}\n{first[0]}{gold[last.end() :]}"
        below = material.stays_under(f"one <{first['name']}> too many")
        yield Trial("RK115", row, (more,), below, row.where, provable=False)
        if len(blocks) > 1:
            less = gold[: last.start()] + gold[last.end() :]
            below = material.stays_under(f"the last <{first['name']}> dropped")
            yield Trial("RK116", row, (less,), below, row.where, provable=False)


def other_references(material: Material) -> Planned:
    """RK117: with another row's reference in its place, a right answer to the same prompt no longer passes."""
    if material.reference_free or material.role == "penalty":
        return
    if not {"prompt", "messages", "sample"}.intersection(material.grader.wants):
        return  # RK102 has tried the same
    rows = material.different_rows(_MOST_ROWS, lambda row: row.right_answers and row.compared)
    for mine, theirs in _neighbours(rows):
        answer = mine.right_answers[0]
        if not theirs.accepts(answer):
            swapped = replace(
                mine,
                id=f"{mine.id} with the reference of {theirs.id}",
                columns={**mine.columns, **_columns_compared(theirs)},
                compared=theirs.compared,
                reference=theirs.reference,
                key=theirs.key,
                golds=theirs.golds,
            )
            expected = material.stays_under(f"it is the right answer to the reference at {mine.where}")
            yield Trial("RK117", swapped, (answer,), expected, mine.where, provable=False)


def _whole_numbers(value: Any) -> Iterator[list[int]]:
    """Every list of whole numbers in a value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _whole_numbers(inner)
    elif isinstance(value, list) and value and all(type(item) is int for item in value):
        yield value


def _columns_compared(row: KnownRow) -> dict[str, Any]:
    """The columns in which a row's reference is, also where it is inside one of them (`reward_model.ground_truth`)."""
    names = {name if name in row.columns else name.partition(".")[0] for name in row.compared}
    return {name: row.columns[name] for name in names if name in row.columns}


def _neighbours(rows: Sequence[KnownRow]) -> Iterator[tuple[KnownRow, KnownRow]]:
    return ((row, rows[(index + 1) % len(rows)]) for index, row in enumerate(rows) if len(rows) > 1)


def _is_the_same_thing(answer: Written, mutant: Mutant) -> bool:
    """A hundred times as much where a share may be written in per cent; rows in another order where the reference asks for none."""
    if mutant.operator in HUNDREDFOLD:
        return any(
            _OF_A_HUNDRED.search(text)
            for text in (answer.row.prompt, answer.answer, *leaves(answer.row.compared))
        )
    asked = [text.casefold() for text in leaves(answer.row.compared)]
    return mutant.operator == OTHER_ORDER and not any("order by" in text for text in asked)


def _may_be_right(material: Material, answer: Written, mutant: Mutant) -> bool:
    """Keys that nobody asked for do no harm to a reader of JSON who looks for those that he knows, nor do a query's columns.

    Where no number is negative, and nobody says that they are numbers and no levels or letters, a minus may be a dash. A code, a
    date or a quantity that is denied is named all the same, and nobody answers so who does not know it.
    """
    if mutant.operator == NEGATED:
        return any(character.isdigit() for character in answer.form.content)
    if mutant.operator == OTHER_SIGN and material.grader.options.answer is None:
        return not any((number := as_number(other)) is not None and number < 0 for other in answer.others)
    if answer.kind == "sql":
        return not mutant.provable
    return mutant.sort == "more" and answer.kind == "json" and isinstance(answer.form.value, dict)
