"""Form of a worked solution: numbered steps, one a line, then the answer. Used as a gate in front of the accuracy reward."""

import re

from rewardkit import case, reward

SOLUTION = re.compile(r"(?:Step \d+: (?:[\w'=+*/().-]+[ ,;:]*)+\n){2,10}Answer: \S+", re.ASCII)


@case("Step 1: 3 boxes of 4 make 12 eggs\nStep 2: 12 - 5 = 7\nAnswer: 7", expect=1)
@case("Step 1: 3*4 = 12, as before.\nStep 2: 12 - 5 = 7.\nStep 3: 7 eggs are left.\nAnswer: 7\n", expect=1)
@case("Step 1: 3*4 = 12\nAnswer: 12", expect=0)
@case("Step 1: 12\nStep 2: 7", expect=0)
@case("Answer: 7", expect=0)
@case("We have 12 eggs and lose five, so it is 7.", expect=0)
@reward(reference_free=True, format_strict=True)
def worked_steps(completion: str) -> bool:
    """Two to ten steps and a final answer, nothing else."""
    return SOLUTION.fullmatch(completion.strip()) is not None
