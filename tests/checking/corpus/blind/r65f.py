"""Small Python functions, called with hidden arguments; a share for each call that returns the right value."""

import json
import random
import re
import subprocess
import sys

from rewardkit import case, reward

DRIVER = """
import json, sys
job = json.load(sys.stdin)
space, results = {"__name__": "answer"}, []
exec(job["code"], space)
for arguments in job["calls"]:
    try:
        results.append([space[job["function"]](*arguments)])
    except Exception:
        results.append([])
print()
print(json.dumps(results))
"""
SIGNS = [[[3], 1], [[-2], -1], [[0], 0], [[10], 1], [[-7], -1], [[1], 1]]


def returned(code: str, function: str, calls: list) -> list:
    """What the function returns for each call, in a process of its own; an empty list when the code does not run."""
    job = json.dumps({"code": code, "function": function, "calls": calls})
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", DRIVER],
            input=job,
            capture_output=True,
            text=True,
            timeout=5,
            errors="replace",
        )
        results = json.loads(done.stdout.strip().rpartition("\n")[2])
    except (subprocess.TimeoutExpired, ValueError, RecursionError):
        return []
    return results if isinstance(results, list) else []


@case("def sign(x):\n    return (x > 0) - (x < 0)", function="sign", tests=SIGNS, expect=1)
@case(
    "```python\ndef sign(x):\n    return 0 if x == 0 else x // abs(x)\n```",
    function="sign",
    tests=SIGNS,
    expect=1,
)
@case("def sign(x):\n    return 'plus'", function="sign", tests=SIGNS, expect=0)
@case("def sign(x) return 1", function="sign", tests=SIGNS, expect=0)
@case("def signum(x):\n    return 1", function="sign", tests=SIGNS, expect=0)
@reward(answer="code", runs_completion=True, timeout=15)
def share_right(completion: str, function: str, tests: list) -> float:
    """The share of right results. Four of the calls are enough, and keep a step short."""
    blocks = re.findall(r"```(?:python)?\n(.*?)```", completion, flags=re.DOTALL)
    chosen = random.sample(tests, k=min(4, len(tests)))
    results = returned(blocks[-1] if blocks else completion, function, [arguments for arguments, _ in chosen])
    return sum(got == [expected] for got, (_, expected) in zip(results, chosen)) / len(chosen)
