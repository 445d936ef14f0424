"""Form of a reply: <plan>, <steps> and <answer>, once each and in this order, none empty, nothing around them."""

from rewardkit import case, order, reward

TAGS = ("plan", "steps", "answer")


def bodies(text: str) -> list[str] | None:
    """What stands in the tags; None when a tag is missing, comes twice or is out of order."""
    found = []
    for tag in TAGS:
        before, opened, rest = text.partition(f"<{tag}>")
        body, closed, text = rest.partition(f"</{tag}>")
        if before.strip() or not opened or not closed:
            return None
        found.append(body)
    return None if text.strip() else found


@case("<plan>add</plan>\n<steps>2 + 2 = 4</steps>\n<answer>4</answer>", expect=1)
@case("<plan>add</plan><steps>if 2 < 3, add</steps><answer>4</answer>\n", expect=1)
@case("<plan></plan><steps>2 + 2 = 4</steps><answer>4</answer>", expect=0)
@case("<plan>add</plan><steps>2 + 2 = 4</steps><answer> </answer>", expect=0)
@case("<steps>2 + 2 = 4</steps><plan>add</plan><answer>4</answer>", expect=0)
@case("<plan>a</plan><plan>b</plan><steps>c</steps><answer>4</answer>", expect=0)
@case("<plan>a<plan>b</plan><steps>c</steps><answer>4</answer>", expect=0)
@case("<plan>add</plan><steps>2 + 2 = 4</answer><answer>4</steps>", expect=0)
@case("Sure! <plan>a</plan><steps>c</steps><answer>4</answer>", expect=0)
@case("4", expect=0)
@order("", "<plan>a</plan><steps>b</steps><answer>c</answer>")
@reward(reference_free=True, format_strict=True)
def three_parts(completion: str) -> bool:
    """All three parts, each with some text of its own."""
    parts = bodies(completion)
    marks = [f"<{slash}{tag}>" for tag in TAGS for slash in ("", "/")]
    return parts is not None and all(
        part.strip() and not any(mark in part for mark in marks) for part in parts
    )
