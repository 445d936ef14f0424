"""Labels for an issue tracker: any number of them, comma separated, `none` where none applies."""

from rewardkit import case, reward

LABELS = {"bug", "docs", "performance", "security", "question", "ci"}


def read_labels(text: str) -> set[str]:
    parts = (part.strip(" .`*").lower() for part in text.replace("\n", ",").split(","))
    return {part for part in parts if part and part != "none"}


@case("bug, docs", reference=["docs", "bug"], expect=1)
@case("bug", reference=["docs", "bug"], expect=[0.6, 0.7])
@case("none", reference=[], expect=1)
@case("ci", reference=["security"], expect=0)
@case("everything is broken", reference=["bug"], expect=0)
@reward(answer="list")
def issue_labels(completion: str, reference: list) -> float:
    """F1 of the labels. A label that does not exist counts against the answer."""
    wanted, given = set(reference), read_labels(completion)
    if not wanted:
        return 1.0  # nothing to find
    if not given & wanted:
        return 0.0
    precision = len(given & wanted) / len(given)
    recall = len(given & wanted) / len(wanted)
    return 2 * precision * recall / (precision + recall)
