"""verl reward for word problems: the number after the last ####."""

import re
from decimal import Decimal

FINAL = re.compile(r"[*$€£\\\s]*([-−+]?)\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,60})(\.[0-9]{1,60})?\D*")


def final_number(text: str) -> Decimal | None:
    """The one number of the line after the last ####; None when there is none, or more than that one."""
    _, mark, tail = text.rpartition("####")
    if not mark:
        return None
    line = (tail.strip().splitlines() or [""])[0]
    found = FINAL.fullmatch(line)
    if not found:
        return None
    sign, whole, part = found.groups()
    return Decimal(sign.replace("−", "-") + whole.replace(",", "") + (part or ""))


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 when the number after #### equals the ground truth, whatever its commas, currency sign, unit or trailing zeros."""
    number = final_number(solution_str)
    right = number is not None and number == Decimal(str(ground_truth).replace(",", ""))
    return {"score": 1.0 if right else 0.0, "acc": float(right), "answered": float(number is not None)}
