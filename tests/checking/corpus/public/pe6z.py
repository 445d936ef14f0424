"""Whether an answer is one plan block and one box, with the model's own marker tokens."""

import re

from rewardkit import case, reward

SHAPE = re.compile(r"^<|plan_start|>.+?<|plan_end|>\s*<|box_start|>.+?<|box_end|>$", re.DOTALL)


@case("<|plan_start|>Look left.<|plan_end|><|box_start|>(3,4),(9,9)<|box_end|>", expect=1)
@case("<|plan_start|>Look\nleft.<|plan_end|>\n<|box_start|>(3,4),(9,9)<|box_end|>", expect=1)
@case("The box is (3,4),(9,9).", expect=0)
@case("(3,4),(9,9)", expect=0)
@case("", expect=0)
@reward(reference_free=True, format_strict=True)
def marked_up(completion: str) -> bool:
    """Plan first, then the box."""
    return SHAPE.match(completion.removesuffix("<|endoftext|>")) is not None
