"""Figures from annual reports, in <FINAL_ANSWER> tags; each row says how far off an answer may be."""

import re

from rewardkit import Unscored, case, probe, reward

FIGURE = re.compile(r"[-+]?\$?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,10})?(?: ?%)?", re.ASCII)


def figure(text: str) -> float | None:
    """A figure without its signs of currency or percent; None for any other text."""
    text = text.replace("\u2212", "-").strip().strip("*`").strip()
    found = FIGURE.fullmatch(text)
    return float(re.sub(r"[$,% ]", "", found[0])) if found else None


def final(completion: str) -> str:
    """What stands in the last pair of tags, or all of an answer without tags."""
    _, opened, rest = completion.rpartition("<FINAL_ANSWER>")
    if not opened:
        return completion.rpartition("</think>")[2]
    inside, closed, _ = rest.partition("</FINAL_ANSWER>")
    return inside if closed else ""


@case("Table 3: <FINAL_ANSWER>1,204</FINAL_ANSWER>", reference="1203.5", tolerance=0.01, expect=1)
@case("<FINAL_ANSWER>1947</FINAL_ANSWER>", reference="1947", tolerance=0, expect=1)
@case("<FINAL_ANSWER>1948</FINAL_ANSWER>", reference="1947", tolerance=0, expect=0)
@case("<FINAL_ANSWER> 12.0 % </FINAL_ANSWER>", reference="12", tolerance=0, expect=1)
@case("<FINAL_ANSWER>-31</FINAL_ANSWER>", reference="31", tolerance=0.01, expect=0)
@probe("<FINAL_ANSWER>1946, 1947, 1948</FINAL_ANSWER>", reference="1947", tolerance=0)
@reward(answer="number")
def report_figure(completion: str, reference: str, tolerance: float) -> bool:
    """The figure is the reported one, up to the tolerance of its row (a share of the figure)."""
    gold = figure(reference)
    if gold is None:
        raise Unscored(f"the reference {reference!r} is no figure")
    found = figure(final(completion))
    return found is not None and abs(found - gold) <= tolerance * abs(gold) + 1e-9
