"""Rows for the tests of overlap: one by one, and sets of them that nobody copied from each other."""

from __future__ import annotations

import random
from collections.abc import Sequence

from rewardkit.overlap import Kind, find_overlap
from rewardkit.samples import Sample

WORDS = [
    a + b + c for a in ("ka", "lo", "mi", "nu", "re") for b in ("sa", "to", "vu", "xi") for c in "bdfgklmn"
]

RIVER = (
    "A boat leaves the old harbour at dawn with twelve crates of salted fish and returns before noon with nine of "
    "them unsold; how many crates did the crew sell at the market in the morning, and how many on the way back?"
)


def row(prompt: str, ident: str = "e", **columns: object) -> Sample:
    """A sample with this prompt."""
    return Sample(ident, prompt, columns, where=f"{ident}.jsonl:1")


def kinds(train: Sequence[Sample] | Sample, evaluation: Sample) -> set[Kind]:
    """The kinds of overlap of one evaluation row."""
    rows = [train] if isinstance(train, Sample) else train
    return set(find_overlap(rows, [evaluation]).kinds().get(evaluation.id, ()))


def unlike(count: int, prefix: str, seed: int, words: int = 30) -> list[Sample]:
    """Rows of words drawn at random."""
    drawn = random.Random(seed)
    return [row(" ".join(drawn.choices(WORDS, k=words)), f"{prefix}{number}") for number in range(count)]


PROBLEMS = (
    "{a} has {x} {t}. {a} buys {y} more {t} and gives {z} of them to {b}. How many {t} does {a} have now?",
    "{a} and {b} collect {t}. {a} has {x} {t} and {b} has {y} times as many. After {b} loses {z} {t}, how many do they have together?",
    "A shop sells {x} boxes of {t} a day. Each box holds {y} {t} and costs {z} dollars. How many dollars does the shop take in {x} days?",
    "A train leaves the city at noon and travels without a stop along the coast for {x} hours at {y} km per hour, then slows down "
    "because of the rain and travels {z} hours more at half that speed. How far has it come in all?",
)


def problems(count: int, prefix: str, seed: int) -> list[Sample]:
    """Arithmetic in words from four templates: like one another in all but names and numbers."""
    drawn = random.Random(seed)
    made = []
    for number in range(count):
        one, other = drawn.sample(("Anna", "Ben", "Chloe", "Dev", "Eli", "Fatima"), 2)
        x, y, z = (drawn.randint(2, 60) for _ in range(3))
        thing = drawn.choice(("apples", "pens", "stamps", "shells"))
        text = PROBLEMS[number % 4].format(a=one, b=other, x=x, y=y, z=z, t=thing)
        made.append(row(text, f"{prefix}{number}", reference=str(x + y - z)))
    return made
