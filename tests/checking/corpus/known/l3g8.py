"""Score of the measurement set: a value with its unit, within the tolerance that the row's extra_info gives."""

import re
from decimal import Decimal

LINE = re.compile(
    r"[\s*_]*(?:the )?(?:reading|answer|value)(?: is|[\s*_]*:)[\s*_]*([-+]?[0-9]{1,12}(?:\.[0-9]{1,9})?) ?([a-zA-Z°%µΩ/]{0,8})[\s*_.]*",
    re.I,
)
BARE = re.compile(r"([-+]?[0-9]{1,12}(?:\.[0-9]{1,9})?) ?([a-zA-Z°%µΩ/]{0,8})")


def _readings(text: str) -> set[tuple[Decimal, str]]:
    """The readings stated in a reply, each on a line of its own."""
    text = text.rpartition("</think>")[2].partition("<think>")[0].replace("\u2212", "-").strip()
    bare = BARE.fullmatch(text.strip("*_.")) if len(text) < 60 else None
    lines = [bare] if bare else [LINE.fullmatch(line) for line in text.splitlines() if len(line) < 120]
    return {(Decimal(line[1]), line[2]) for line in lines if line}


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: dict | None = None
) -> dict:
    gold = BARE.fullmatch(str(ground_truth).strip())
    readings = _readings(solution_str)
    if gold is None or len(readings) != 1:
        return {"score": 0.0, "read": 0.0}
    value, unit = readings.pop()
    margin = Decimal(str((extra_info or {}).get("tolerance", 0)))
    right = unit == gold[2] and abs(value - Decimal(gold[1])) <= margin
    return {"score": 1.0 if right else 0.0, "read": 1.0}
