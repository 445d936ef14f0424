"""Lengths with their unit: '12 km', '12,000 m' and '12 kilometres' are the same answer, '12' alone is none."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, probe, reward

METRES = {"mm": "0.001", "cm": "0.01", "m": "1", "km": "1000"}
NAMES = {"millimetre": "mm", "centimetre": "cm", "metre": "m", "kilometre": "km"}
LENGTH = re.compile(r"([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,9})?) ?([a-z]+)")
LEAD = re.compile(
    r"(?:(?:the )?(?:final )?(?:answer|length|distance|result)(?: is|:| =)|it is|it's|that is|that makes) ?"
)


def _metres(text: str) -> Decimal | None:
    shape = LENGTH.fullmatch(text)
    if shape is None:
        return None
    unit = shape[2].replace("meter", "metre").removesuffix("s")
    unit = NAMES.get(unit, shape[2])
    return Decimal(shape[1].replace(",", "")) * Decimal(METRES[unit]) if unit in METRES else None


def _stated(completion: str) -> list[Decimal | None]:
    """What each line states, without markup and without what leads up to the answer."""
    text = completion.rpartition("</think>")[2].partition("<think>")[0].strip().lower().replace("\u2212", "-")
    lines = [
        " ".join(re.sub(r"[*_`$]", "", line).split()).strip(" .!")
        for line in text.splitlines()
        if len(line) <= 200
    ]
    leads = [LEAD.match(line) for line in lines]
    return [_metres(line[lead.end() :] if lead else line) for line, lead in zip(lines, leads)]


@case("12 km", reference="12 km", expect=1)
@case("Twice 6 km.\nThe answer is **12,000 metres**.", reference="12 km", expect=1)
@case("1.5 m", reference="150 cm", expect=1)
@case("12", reference="12 km", expect=0)
@case("12 m", reference="12 km", expect=0)
@case("12 km", reference="far", expect="unscored")
@probe("11 km or 12 km", reference="12 km")
@probe("11 km\n12 km", reference="12 km")
@probe("not 12 km", reference="12 km")
@reward
def length_with_unit(completion: str, reference: str) -> bool:
    """Equal lengths are equal in any unit."""
    right = _metres(reference.strip().lower())
    if right is None:
        raise Unscored(f"the reference {reference!r} is no length")
    stated = _stated(completion)
    return stated[-1:] == [right] and set(stated) <= {right, None}
