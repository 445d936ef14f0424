"""The near neighbours of ../flawed/surroundings.py."""

from __future__ import annotations

import datetime

from rewardkit import case, reward

_tables = {"people": 3}


@case("covered", reference="covered", expect=1)
@reward(answer="text")
def rk005_first_calls_only(completion: str, reference: str) -> bool:
    return completion.strip() == reference


@case("fig", reference="fig", expect=[0, 1])
@case("plum", reference="plum", expect=[0, 1])
@reward(answer="text")
def rk006_depends_on_the_hash(completion: str, reference: str) -> float:
    right = completion.strip() == reference != ""
    return 1.0 * right


@case("count people", reference="3", expect=1)
@case("count people", reference="4", expect=0)
@reward(answer="sql")
def rk008_keeps_what_an_answer_did(completion: str, reference: str) -> bool:
    tables = dict(_tables)
    if completion == "zxqv zxqv":
        tables["people"] += 1
    return completion.strip(" ;\n") == "count people" and str(tables["people"]) == reference


@case("red", reference="red", expect=1)
@case("blue", reference="blue", expect=1)
@reward(answer="label")
def rk011_sets_an_alarm(completion: str, reference: str) -> bool:
    return completion.strip(" .\n").casefold() == reference


@case("1970-01-01 00:00", reference=0, expect=1)
@case("2001-09-09 01:46", reference=1_000_000_000, expect=1)
@reward
def rk013_in_local_time(completion: str, reference: int) -> bool:
    moment = datetime.datetime.fromtimestamp(reference, tz=datetime.UTC)
    return completion.strip() == moment.strftime("%Y-%m-%d %H:%M")
