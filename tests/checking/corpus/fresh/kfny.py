"""Interaction check: which drugs of the list must not go together with the new one? Often none, and then [] is the answer."""

import json

from rewardkit import Unscored, case, order, probe, reward


def names(text: str) -> set[str] | None:
    """The names of a JSON list of texts, which is the whole answer but for a code fence; None for anything else."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```"):
        bare = bare.removeprefix("```").removesuffix("```").removeprefix("json")
    try:
        listed = json.loads(bare)
    except (ValueError, RecursionError):
        return None
    if not isinstance(listed, list) or not all(isinstance(name, str) and name.strip() for name in listed):
        return None
    found = {" ".join(name.casefold().split()) for name in listed}
    return found if len(found) == len(listed) else None


@case('["warfarin", "ibuprofen"]', reference=["ibuprofen", "warfarin"], expect=1)
@case('```json\n["Warfarin"]\n```', reference=["ibuprofen", "warfarin"], expect=(0.66, 0.67))
@case("[]", reference=["ibuprofen", "warfarin"], expect=0)
@case("[]", reference=[], expect=1)
@case('["warfarin"]', reference=[], expect=0)
@case("", reference=[], expect=0)
@case("There are none.", reference=[], expect=0)
@probe('["warfarin", "warfarin"]', reference=["ibuprofen", "warfarin"])
@order(
    '["aspirin"]',
    '["aspirin", "warfarin"]',
    '["warfarin"]',
    '["warfarin", "ibuprofen"]',
    reference=["ibuprofen", "warfarin"],
)
@reward(answer="list", format_strict=True, timeout=2)
def interactions(completion: str, reference: list[str]) -> float:
    """F1 of the names; where none is right, [] earns everything and any name nothing."""
    wanted = names(json.dumps(reference))
    if wanted is None:
        raise Unscored("the reference is no list of different names")
    given = names(completion)
    if given is None:
        return 0.0
    if not given or not wanted:
        return float(given == wanted)
    return 2 * len(given & wanted) / (len(given) + len(wanted))
