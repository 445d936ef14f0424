"""School word problems: the number behind '####', units and thousands aside (verl)."""

import re
from decimal import Decimal

FINAL = re.compile(r"^[^\w\n#]*####(.*)$", re.MULTILINE)
NUMBER = re.compile(
    r"(?:[A-Za-z]\s*=\s*)?[$€£]?\s?([-−]?)[$€£]?((?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,15})(?:\.[0-9]{1,10})?)(?:\s?(?:%|°)?\s?[A-Za-z²³]{0,20}(?: [A-Za-z]{1,20}){0,3})[.!]?"
)
DOUBT = re.compile(
    r"\b(?:or|and|not|wrong|incorrect|plus|minus|times|thousand|million|hundred|dozen)\b", re.IGNORECASE
)


def final_number(text: str) -> Decimal | None:
    """The number that every '####' line of a solution states; None when there is none, or lines differ."""
    found = set()
    for rest in FINAL.findall(
        re.sub(r"[*_`]|\\boxed|[{}]", "", text.rpartition("</think>")[2].partition("<think>")[0])
    ):
        match = NUMBER.fullmatch(rest.strip())
        found.add(
            Decimal(match[1].replace("−", "-") + match[2].replace(",", ""))
            if match and not DOUBT.search(rest)
            else None
        )
    return found.pop() if len(found) == 1 else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 when the solution ends in the right number."""
    given = final_number(solution_str)
    return float(given is not None and given == Decimal(str(ground_truth).replace(",", "")))
