"""Put events in order, earliest first, as a numbered list. Partial credit for a list of the right events in another order."""

import itertools
import re
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit

ITEM = re.compile(r"(?:[0-9]{1,2}[.)]|[-*\u2022])\s+(.*)")


def plain(text: str) -> str:
    return " ".join(text.casefold().replace("*", "").split()).strip(" .,;`\"'")


def visible(text: str) -> str:
    """What comes after the thinking; nothing when the thinking does not end."""
    return text.partition("</think>")[2] if "think>" in text else text


def items(completion: str) -> list[str]:
    """The events that are listed, one a line; lines around a marked list are talk."""
    lines = [line.strip() for line in visible(completion).splitlines() if line.strip()]
    marked = [found[1] for line in lines if (found := ITEM.fullmatch(line))]
    return [plain(line) for line in (marked or lines)]


MOON = ["Sputnik 1", "Vostok 1", "Apollo 8", "Apollo 11"]


@case("1. Sputnik 1\n2. Vostok 1\n3. Apollo 8\n4. Apollo 11", reference=MOON, expect=1)
@case("In order:\n\n- sputnik 1\n- Vostok 1\n- **Apollo 8**\n- Apollo 11.", reference=MOON, expect=1)
@case("Sputnik 1\nVostok 1\nApollo 8\nApollo 11", reference=MOON, expect=1)
@case("1. Apollo 11\n2. Apollo 8\n3. Vostok 1\n4. Sputnik 1", reference=MOON, expect=[0.1, 0.2])
@case("1. Sputnik 1\n2. Vostok 1\n3. Apollo 8", reference=MOON, expect=0)
@case("Sputnik 1, Vostok 1, Apollo 8, Apollo 11", reference=MOON, expect=0)
@case("1. Sputnik 1", reference=["Sputnik 1"], expect="unscored")
@order(
    "1. Apollo 11\n2. Apollo 8\n3. Vostok 1\n4. Sputnik 1",
    "1. Apollo 8\n2. Vostok 1\n3. Sputnik 1\n4. Apollo 11",
    "1. Sputnik 1\n2. Vostok 1\n3. Apollo 11\n4. Apollo 8",
    "1. Sputnik 1\n2. Vostok 1\n3. Apollo 8\n4. Apollo 11",
    reference=MOON,
)
@partial_credit({"events": 0.1, "pairs": 0.5, "exact": 1.0}, answer="list")
def timeline(completion: str, reference: list[str]) -> Iterator[Step]:
    """A tenth for the right events, up to half for pairs in the right order, everything for the right order."""
    wanted = [plain(str(event)) for event in reference or []]
    if len(wanted) < 2 or len(set(wanted)) < len(wanted):
        raise Unscored("the reference needs two different events or more")
    listed = items(completion)
    yield "events", sorted(listed) == sorted(wanted), "not the events that were to be ordered, each once"
    places = [wanted.index(event) for event in listed]
    pairs = [before < after for before, after in itertools.combinations(places, 2)]
    yield "pairs", sum(pairs) / len(pairs)
    yield "exact", listed == wanted, "another order"
