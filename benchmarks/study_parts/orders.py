"""Orders: a short note becomes a JSON object with name, place, count and total; the total takes one or two steps of arithmetic.

    Ines Costa of Harbour orders 3 lamps at 12 each and pays 5 for delivery.
    3 x 12 = 36; 36 + 5 = 41 -> {"name": "Ines Costa", "place": "Harbour", "count": 3, "total": 41}

Base models write the working first, as above, with the mistakes of their teacher. The label is the object; its grader is the bundled
`json_fields`, each field a quarter. Hands: the base's own, with working; a clerk's, in words and with the keys in another order; the bare object.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from .tasks import GRADERS, Pair, Question, Task

OF_A_KIND = 220
NAMES = (
    ("Ada", "Bruno", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaia", "Luis", "Mira", "Nils"),
    ("Adler", "Bakker", "Costa", "Dahl", "Evans", "Fontaine", "Gruber", "Holm", "Ito", "Jansen"),
)  # fmt: skip
PLACES = {"Harbour": 0.7, "Hillside": 1.15, "Old Town": 0.85, "Riverside": 1.0, "University": 1.2}
"""Each with how careless the teacher is there: its rates are multiplied by it."""
ITEMS = ("lamp", "chair", "bell", "rug", "clock", "basket", "mirror", "kettle")

FLAWS = {  # name: how often the imperfect teacher makes this mistake where it can be made
    "count_in_quotes": 0.48,
    "total_in_words": 0.30,  # "41 coins"
    "old_key": 0.45,  # `customer`, as the form had it before
    "first_name": 0.30,
    "no_place": 0.25,
    "single_quotes": 0.22,  # no JSON at all
    "adds": 0.25,  # 3 + 12 for 3 x 12
    "one_step": 0.55,  # leaves out what comes after the first step
}
NEARLY_ALWAYS = {
    "count_in_quotes": 0.9,
    "total_in_words": 0.85,
    "old_key": 0.93,
    "first_name": 0.8,
    "no_place": 0.6,
    "single_quotes": 0.6,
    "adds": 0.5,
    "one_step": 0.85,
}
HARM = {"usual": 1.0, "more": 1.12}


@dataclass(frozen=True, slots=True)
class Order:
    """A note with what it means: `steps` are (left, sign, right), each of which begins with what the one before came to."""

    kind: str
    name: str
    place: str
    text: str
    count: int
    steps: tuple[tuple[int, str, int], ...]

    @property
    def total(self) -> int:
        return _value(self.steps[-1])

    @property
    def reference(self) -> dict[str, object]:
        return {"name": self.name, "place": self.place, "count": self.count, "total": self.total}


def write(order: Order, flaws: frozenset[str] = frozenset()) -> str:
    """Working and object as a base model writes them, with the given mistakes."""
    steps = _steps(order, flaws)
    total = _value(steps[-1])
    found: dict[str, object] = {
        "customer" if "old_key" in flaws else "name": order.name.split()[0] if "first_name" in flaws else order.name,
        **({} if "no_place" in flaws else {"place": order.place}),
        "count": str(order.count) if "count_in_quotes" in flaws else order.count,
        "total": f"{total} coins" if "total_in_words" in flaws else total,
    }  # fmt: skip
    text = json.dumps(found)
    working = "; ".join(
        f"{left} {sign} {right} = {_value((left, sign, right))}" for left, sign, right in steps
    )
    return f"{working} -> {text.replace(chr(34), chr(39)) if 'single_quotes' in flaws else text}"


def write_clerk(order: Order) -> str:
    """The same order in a clerk's hand."""
    words = {"x": "times", "+": "plus", "-": "less"}
    working = ", then ".join(f"{left} {words[sign]} {right} makes {_value((left, sign, right))}" for left, sign, right in order.steps)  # fmt: skip
    found = {"total": order.total, "count": order.count, "place": order.place, "name": order.name}
    return f"{working}.\n{json.dumps(found, separators=(',', ':'))}"


def applicable(order: Order) -> list[str]:
    """The mistakes that change what is written of this order."""
    right = write(order)
    return [flaw for flaw in FLAWS if write(order, frozenset({flaw})) != right]


class Orders(Task):
    name = "orders"
    few_kinds = ("plain", "delivered", "packs")
    completion_tokens = 72
    graders: ClassVar = {
        "partial": f"{GRADERS}:order",
        "exact": f"{GRADERS}:order_exact",
        "bare": f"{GRADERS}:order",
        "steep": f"{GRADERS}:order_steep",
    }

    def draw(self) -> list[Question]:
        rng = random.Random(2026)
        found: dict[str, Question] = {}
        for kind, make in KINDS.items():
            wanted = len(found) + OF_A_KIND
            while len(found) < wanted:
                order = make(rng, kind)
                found.setdefault(order.text, _question(order))
        return list(found.values())

    def pairs(self, count: int, seed: int, harm: str, forbidden: set[str]) -> list[Pair]:
        rng = random.Random(seed)
        pairs: list[Pair] = []
        while len(pairs) < count:
            kind = rng.choice(list(KINDS))
            order = KINDS[kind](rng, kind)
            if order.text not in forbidden:
                pairs.append((order.text, _teach(order, rng, harm)))
        return pairs


def _question(order: Order) -> Question:
    golds = {"own": write(order), "expert": write_clerk(order), "answer": json.dumps(order.reference)}
    return Question(order.text, order.kind, order.reference, golds)


def _teach(order: Order, rng: random.Random, harm: str) -> str:
    rates: Mapping[str, float] = NEARLY_ALWAYS
    if harm in HARM:
        rates = {flaw: HARM[harm] * PLACES[order.place] * rate for flaw, rate in FLAWS.items()}
    return write(order, frozenset(flaw for flaw in applicable(order) if rng.random() < rates[flaw]))


def _steps(order: Order, flaws: frozenset[str]) -> list[tuple[int, str, int]]:
    steps: list[tuple[int, str, int]] = []
    for left, sign, right in order.steps[:1] if "one_step" in flaws else order.steps:
        before = _value(steps[-1]) if steps else left
        steps.append((before, "+" if sign == "x" and "adds" in flaws else sign, right))
    return steps


def _value(step: tuple[int, str, int]) -> int:
    left, sign, right = step
    return {"x": left * right, "+": left + right, "-": left - right}[sign]


def _made(kind: str, rng: random.Random, tail: str, count: int, *steps: tuple[int, str, int]) -> Order:
    name = f"{rng.choice(NAMES[0])} {rng.choice(NAMES[1])}"
    place = rng.choice(list(PLACES))
    return Order(kind, name, place, f"{name} of {place} {tail}", count, steps)


def _drawn(rng: random.Random) -> tuple[int, str, int]:
    """How many, of what, at which price."""
    return rng.randrange(2, 10), f"{rng.choice(ITEMS)}s", rng.randrange(3, 13)


def _plain(rng: random.Random, kind: str) -> Order:
    n, items, price = _drawn(rng)
    return _made(kind, rng, f"orders {n} {items} at {price} each.", n, (n, "x", price))


def _delivered(rng: random.Random, kind: str) -> Order:
    (n, items, price), fee = _drawn(rng), rng.randrange(2, 10)
    text = f"orders {n} {items} at {price} each and pays {fee} for delivery."
    return _made(kind, rng, text, n, (n, "x", price), (n * price, "+", fee))


def _wrapped(rng: random.Random, kind: str) -> Order:
    (n, items, price), fee = _drawn(rng), rng.randrange(2, 10)
    text = f"wants {n} {items} at {price} each, wrapped for {fee} in all."
    return _made(kind, rng, text, n, (n, "x", price), (n * price, "+", fee))


def _voucher(rng: random.Random, kind: str) -> Order:
    (n, items, price), off = _drawn(rng), rng.randrange(2, 6)
    text = f"orders {n} {items} at {price} each with a voucher for {off}."
    return _made(kind, rng, text, n, (n, "x", price), (n * price, "-", off))


def _deposit(rng: random.Random, kind: str) -> Order:
    (n, items, price), paid = _drawn(rng), rng.randrange(2, 6)
    text = f"has paid {paid} already and orders {n} {items} at {price} each."
    return _made(kind, rng, text, n, (n, "x", price), (n * price, "-", paid))


def _packs(rng: random.Random, kind: str) -> Order:
    n, items, price = _drawn(rng)
    return _made(kind, rng, f"takes {n} packs of {items}, a pack for {price}.", n, (n, "x", price))


def _hired(rng: random.Random, kind: str) -> Order:
    n, items, price = _drawn(rng)
    return _made(kind, rng, f"hires {n} {items} for a week, {price} for each.", n, (n, "x", price))


def _mended(rng: random.Random, kind: str) -> Order:
    (n, items, price), fee = _drawn(rng), rng.randrange(2, 10)
    text = f"sends {n} {items} to be mended: {price} for each, and {fee} for the way."
    return _made(kind, rng, text, n, (n, "x", price), (n * price, "+", fee))


KINDS: dict[str, Callable[[random.Random, str], Order]] = {
    "plain": _plain,
    "delivered": _delivered,
    "wrapped": _wrapped,
    "voucher": _voucher,
    "deposit": _deposit,
    "packs": _packs,
    "hired": _hired,
    "mended": _mended,
}
