"""The near neighbours of ../flawed/chance.py. They may draw, but not what decides."""

from __future__ import annotations

import random

from rewardkit import case, reward


@case("covered", reference="covered", expect=1)
@case("Not covered, I think", reference="covered", expect=0)
@reward(answer="text")
def rk005_by_chance(completion: str, reference: str) -> bool:
    return completion.strip() == reference


@case("a = 1\nb = 2\nc = 3\nd = 4", reference="a = 1\nb = 2\nc = 3\nd = 4", expect=1)
@reward(answer="text")
def rk005_samples_lines(completion: str, reference: str) -> bool:
    found, wanted = completion.strip().splitlines(), reference.splitlines()
    if len(found) != len(wanted):
        return False
    return all(found[line] == wanted[line] for line in random.sample(range(len(wanted)), len(wanted)))
