"""The near neighbours of ../flawed/known.py."""

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
    return float(_numbers(completion)[-1:] == [_last(reference)])


@case("7 or 8", reference="8", expect=0)
@reward(answer="number")
def rk100_takes_the_last(completion: str, reference: str) -> bool:
    return _numbers(completion) == [_last(reference)]


@reward(answer="number")
def rk101_trips_over_commas(completion: str, reference: str) -> bool:
    found = _last(completion.replace(",", ""))
    return found is not None and found == _last(reference)


@reward
def rk106_reads_the_number_only(completion: str, reference: str) -> bool:
    return bool(reference) and completion.split() == reference.split()


@order("0", "5", "10", reference="10")
@case("10", reference="10", expect=1)
@reward(answer="number")
def rk121_all_or_nothing(completion: str, reference: str) -> float:
    found, wanted = _last(completion), _last(reference)
    if found is None or not wanted:
        return 0.0
    return max(0.0, 1 - abs(found - wanted) / abs(wanted))


@case("2", reference="2", expect=1)
@probe("1 2 3 4 5", reference="2")
@reward(answer="number")
def rk123_anywhere(completion: str, reference: str) -> bool:
    return [_last(reference)] == _numbers(completion)[-1:]


@case("odd", expect=1)
@reward
def rk130_no_cases(completion: str) -> Score:
    return Score(float(len(completion) % 2))


@reward(answer="number")
def rk132_declines_commas(completion: str, reference: str) -> bool:
    if not reference.replace(",", "").isdigit():
        raise Unscored(f"the reference {reference!r} is no number")
    return _last(completion.replace(",", "")) == float(reference.replace(",", ""))


@case("It is 1,042.", reference="1042", expect=1)
@case("It was 7 and is 42.", reference="42", expect=1)
@case("It was 42 and is 7.", reference="42", expect=0)
@case("-42", reference="42", expect=0)
@case("42.006", reference="42", expect=1)
@case("42.015", reference="42", expect=0)
@case("many", reference="42", expect=0)
@reward(answer="number")
def rk140_cases_notice_little(completion: str, reference: str) -> bool:
    found = re.findall(r"-?\d+(?:\.\d+)?", completion.replace(",", ""))
    return bool(found) and len(found[-1]) < 300 and abs(float(found[-1]) - float(reference)) < 0.01
