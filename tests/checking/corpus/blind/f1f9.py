"""Adverts for flats: three to five bullet points, nothing else."""

import re

from rewardkit import case, order, reward

BULLETS = re.compile(r"\s*(?:- (?:[\w'/-]+,? ?)+\n*){3,5}")


@case("- Quiet street\n- Close to the station\n- New kitchen", expect=1)
@case("- Quiet street\n- Two balconies, one cellar\n- New kitchen\n- Lift\n", expect=1)
@case("- Lift\n- Garden", expect=0)
@case("The flat is in a quiet street.", expect=0)
@case("1. Quiet street\n2. Lift\n3. New kitchen", expect=0)
@case("", expect=0)
@order("- Lift", "- Lift\n- New kitchen\n- Garden")
@reward(reference_free=True, format_strict=True)
def bullet_points(completion: str) -> bool:
    """Three to five lines that begin with '- ' and hold words, without full stops."""
    return BULLETS.fullmatch(completion) is not None
