"""Graders that do not keep to what their author, or a row of data, says (RK100, RK101, RK106, RK121, RK123, RK130, RK132, RK140)."""

from __future__ import annotations

import re

from rewardkit import Score, Unscored, case, order, probe, reward


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d{1,99}(?:\.\d+)?", text, re.ASCII)]


def _last(text: str) -> float | None:
    return (_numbers(text) or [None])[-1]


@case("42", reference="42", expect=1)
@reward(answer="number")
def rk100_never_right(completion: str, reference: str) -> float:
    return 0.0


@case("7 or 8", reference="8", expect=0)
@reward(answer="number")
def rk100_takes_the_last(completion: str, reference: str) -> bool:
    return _numbers(completion)[-1:] == [_last(reference)]


@reward(answer="number")
def rk101_trips_over_commas(completion: str, reference: str) -> bool:
    found = _last(completion)
    return found is not None and found == _last(reference)


@reward
def rk106_reads_the_number_only(completion: str, reference: str) -> bool:
    return bool(reference) and completion.split()[:1] == reference.split()[:1]


@order("0", "5", "10", reference="10")
@case("10", reference="10", expect=1)
@reward(answer="number")
def rk121_all_or_nothing(completion: str, reference: str) -> float:
    found, wanted = _last(completion), _last(reference)
    if found is None or not wanted:
        return 0.0
    return float(found == wanted)


@case("2", reference="2", expect=1)
@probe("1 2 3 4 5", reference="2")
@reward(answer="number")
def rk123_anywhere(completion: str, reference: str) -> bool:
    return _last(reference) in _numbers(completion)


@reward
def rk130_no_cases(completion: str) -> Score:
    return Score(float(len(completion) % 2))


@reward(answer="number")
def rk132_declines_commas(completion: str, reference: str) -> bool:
    if not reference.isdigit():
        raise Unscored(f"the reference {reference!r} is no number")
    return _last(completion) == float(reference)


@case("42", reference="42", expect=1)
@reward(answer="number")
def rk140_cases_notice_little(completion: str, reference: str) -> bool:
    found = re.findall(r"-?\d+(?:\.\d+)?", completion.replace(",", ""))
    return bool(found) and len(found[-1]) < 300 and abs(float(found[-1]) - float(reference)) < 0.01
