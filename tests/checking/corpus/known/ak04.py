"""Word problems with credit for the way: shown steps and a near result are worth something, never as much as the result."""

import re
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, probe

NUMBER = r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,9})?"
RESULT = re.compile(
    rf"(?<!not )(?<!not the )(?:result|answer)(?: is|:)[ *_:$€]*({NUMBER})[ *_$€]*(?:[a-z]{{1,15}})?[ *_.!]*",
    re.IGNORECASE,
)


def _results(text: str) -> set[float]:
    """Every number that a line ends with after 'Result:' or 'answer is'; the whole text, if it is but a number."""
    bare = text.strip().strip("*`$. ")
    if re.fullmatch(NUMBER, bare):
        return {float(bare.replace(",", ""))}
    tails = [match for line in text.splitlines() for match in [RESULT.search(line[-120:])] if match]
    whole = [match for match in tails if match.end() == len(match.string)]
    return {float(match[1].replace(",", "")) for match in whole} if len(whole) == len(tails) <= 3 else set()


@case("3 bags at 4 euros are 12.\nTwo more make 14.\nResult: 14", reference="14", expect="result")
@case("14", reference="14", expect="result")
@case("The answer is **14 euros**.", reference="14", expect="result")
@case("Result: 41", reference="14", expect=0)
@case("no idea", reference="14", expect=0)
@order("Result: 90", "3 x 4 = 12\nResult: 90", "3 x 4 = 12\nResult: 15", "Result: 14", reference="14")
@probe("Result: 13\nResult: 14", reference="14", ceiling=0.1)
@probe("3 x 4 = 12\n" * 50, reference="14", ceiling=0.1)
@partial_credit({"steps": 0.1, "near": 0.3, "result": 1.0}, answer="number", partial_cap=0.3)
def word_problem(completion: str, reference: str) -> Iterator[Step]:
    """A right result reaches the top with or without steps."""
    if not re.fullmatch(NUMBER, reference):
        raise Unscored(f"the reference {reference!r} is no number")
    right = float(reference.replace(",", ""))
    text = completion.rpartition("</think>")[2].partition("<think>")[0].replace("\u2212", "-")
    results = _results(text)
    one = results.pop() if len(results) == 1 else None
    yield "steps", float(re.search(r"[0-9] ?[-+*/x×] ?[0-9]{1,9} ?=", text) is not None)
    yield "near", float(one is not None and abs(one - right) <= 0.1 * abs(right))
    yield "result", one == right, f"stated: {one}"
