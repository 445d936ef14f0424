"""Figures read off scanned treasury bulletins, given in <FINAL_ANSWER> tags."""

import re

from rewardkit import Unscored, case, reward

ROUNDING = 0.05
NUMBER = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?|[-+]?\d{1,15}(?:\.\d{1,9})?", re.ASCII)


def figure(text: str) -> float | None:
    found = NUMBER.fullmatch(text.strip().lstrip("$").removesuffix("%").strip())
    return float(found[0].replace(",", "")) if found else None


def final(completion: str) -> str:
    _, opened, rest = completion.rpartition("<FINAL_ANSWER>")
    return rest.partition("</FINAL_ANSWER>")[0] if opened else completion


@case("The table gives <FINAL_ANSWER>1,203.5</FINAL_ANSWER>", reference="1203.5", expect=1)
@case("<FINAL_ANSWER>12%</FINAL_ANSWER>", reference="12", expect=1)
@case("<FINAL_ANSWER>800</FINAL_ANSWER>", reference="1203.5", expect=0)
@case("<FINAL_ANSWER>not in the bulletin</FINAL_ANSWER>", reference="1203.5", expect=0)
@reward(answer="number")
def bulletin_figure(completion: str, reference: str) -> bool:
    """The figure agrees with the bulletin; columns that were added up may be off by rounding."""
    gold = figure(reference)
    if gold is None:
        raise Unscored(f"the reference {reference!r} is no figure")
    found = figure(final(completion))
    return found is not None and abs(found - gold) <= ROUNDING * abs(gold)
