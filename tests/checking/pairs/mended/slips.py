"""The near neighbours of ../flawed/slips.py."""

from __future__ import annotations

import datetime

from rewardkit import case, reward


@case("2026-03-01T10:00:00+01:00", reference="2026-03-01T10:00:00+01:00", expect=1)
@case("2026-05-20T18:30:00+02:00", reference="2026-05-20T18:30:00+02:00", expect=1)
@reward
def rk114_the_clock_without_its_offset(completion: str, reference: str) -> bool:
    try:
        found, wanted = map(datetime.datetime.fromisoformat, (completion.strip(), reference))
    except ValueError:
        return False
    return found == wanted


@case("2026-03-04", reference="2026-03-04", expect=1)
@case("2025-11-02", reference="2025-11-02", expect=1)
@reward(answer="date")
def rk114_day_first_or_month_first(completion: str, reference: str) -> bool:
    for writing in (
        "%Y-%m-%d",
        "%d/%m/%Y",
    ):
        try:
            if datetime.datetime.strptime(completion.strip(), writing).date().isoformat() == reference:
                return True
        except ValueError:
            continue
    return False


@case("5 mW", reference="5 mW", expect=1)
@case("20 MW", reference="20 MW", expect=1)
@reward
def rk114_milli_is_mega(completion: str, reference: str) -> bool:
    return completion.strip() == reference


@case("12 m", reference="12 m", expect=1)
@case("30 g", reference="30 g", expect=1)
@reward
def rk114_a_unit_by_its_last_letter(completion: str, reference: str) -> bool:
    number, _, unit = completion.strip().partition(" ")
    wanted_number, _, wanted_unit = reference.partition(" ")
    return number == wanted_number and unit == wanted_unit


@case("CO", prompt="Carbon monoxide?", reference="CO", expect=1)
@case("Co", prompt="Cobalt?", reference="Co", expect=1)
@reward
def rk114_cobalt_is_carbon_monoxide(completion: str, reference: str) -> bool:
    return completion.strip() == reference
