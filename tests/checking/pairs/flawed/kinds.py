"""Graders that take a right label, text, date, object or query for another one (RK114, RK115, RK116): each kind of answer has its own mutants."""

from __future__ import annotations

import datetime
import json
import sqlite3
from contextlib import closing
from typing import Any

from rewardkit import case, reward

SHOP = """
CREATE TABLE items (name TEXT, price INTEGER);
INSERT INTO items VALUES ('cup', 3), ('pot', 9), ('pan', 12);
"""


def _rows(query: str) -> list[tuple[Any, ...]] | None:
    with closing(sqlite3.connect(":memory:")) as shop:
        shop.executescript(SHOP)
        try:
            return sorted(shop.execute(query).fetchmany(100), key=repr)
        except (sqlite3.Error, sqlite3.Warning, ValueError):
            return None


@case("covered", reference="covered", expect=1)
@case("void", reference="void", expect=1)
@reward(answer="label")
def rk114_begins_with_the_label(completion: str, reference: str) -> bool:
    found = completion.strip(" .\n").casefold()
    return reference != "" and found.startswith(reference)


@case("2026-03-04", reference="2026-03-04", expect=1)
@case("2025-11-22", reference="2025-11-22", expect=1)
@reward(answer="date")
def rk114_the_month_is_enough(completion: str, reference: str) -> bool:
    try:
        found, wanted = map(datetime.date.fromisoformat, (completion.strip(), reference))
    except ValueError:
        return False
    return (found.year, found.month) == (wanted.year, wanted.month)


@case('{"name": "Bo", "age": 31}', reference='{"name": "Bo", "age": 31}', expect=1)
@case('{"name": "Al", "age": 44}', reference='{"name": "Al", "age": 44}', expect=1)
@reward(answer="json")
def rk114_looks_at_the_name_only(completion: str, reference: str) -> bool:
    try:
        found, wanted = json.loads(completion), json.loads(reference)
    except (ValueError, RecursionError):
        return False
    if not isinstance(found, dict) or found.keys() != wanted.keys():
        return False
    return bool(found["name"] == wanted["name"])


@case("SELECT max(price) FROM items", reference="SELECT max(price) FROM items", expect=1)
@case("SELECT sum(price) FROM items", reference="SELECT sum(price) FROM items", expect=1)
@reward(answer="sql")
def rk114_counts_the_rows(completion: str, reference: str) -> bool:
    found, wanted = _rows(completion), _rows(reference)
    if not found or not wanted:
        return False
    return len(found) == len(wanted)


@case("The tram is late", reference="The tram is late", expect=1)
@case("The ferry is full", reference="The ferry is full", expect=1)
@reward(answer="text")
def rk115_whatever_comes_behind(completion: str, reference: str) -> bool:
    found, wanted = completion.split(), reference.split()
    return bool(wanted) and found[: len(wanted)] == wanted


@case("The tram is late", reference="The tram is late", expect=1)
@case("The ferry is full", reference="The ferry is full", expect=1)
@reward(answer="text")
def rk116_the_beginning_is_enough(completion: str, reference: str) -> bool:
    found, wanted = completion.split(), reference.split()
    return bool(found) and found == wanted[: len(found)]
