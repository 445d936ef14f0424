"""Course of a dish. All completions of a prompt come at once, so that the reference is looked up a single time."""

import re

from rewardkit import Unscored, case, reward

COURSES = ("starter", "main", "side", "dessert", "drink")
WORD = re.compile(r"(?<![\w-])(?:" + "|".join(COURSES) + r")s?(?![\w-])", re.IGNORECASE)
DENIED = re.compile(r"\b(?:not|never|neither|nor|no|wrong)\b|n't", re.IGNORECASE)


def _course(completion: str) -> str | None:
    """The one course that a reply names in a line that denies nothing."""
    text = completion.rpartition("</think>")[2].partition("<think>")[0].replace("’", "'")
    lines = [line for line in text.splitlines() if WORD.search(line)] if len(text) <= 600 else []
    named = {word.lower().removesuffix("s") for line in lines for word in WORD.findall(line)}
    return named.pop() if len(named) == 1 and not any(map(DENIED.search, lines)) else None


@case("dessert", reference="dessert", expect=1)
@case("Course: **Main**", reference="main", expect=1)
@case("This is a side.\nIt goes well with fish.", reference="side", expect=1)
@case("dessert", reference="drink", expect=0)
@case("not a dessert", reference="dessert", expect=0)
@case("starter, main, side, dessert or drink", reference="drink", expect=0)
@case("mainly a drink", reference="main", expect=0)
@case("dessert", reference="", expect="unscored")
@reward(answer="label", group=True)
def dish_course(completions: list[str], reference: str) -> list[bool]:
    """One result for each completion; each is judged by itself."""
    if reference not in COURSES:
        raise Unscored(f"{reference!r} is no course")
    return [_course(text) == reference for text in completions]
