"""Small programming exercises: the function is run on the instructor's tests in a process of its own."""

import json
import re
import subprocess
import sys

from rewardkit import Unscored, case, probe, reward

HARNESS = """
import contextlib, io, json, sys
task = json.load(sys.stdin)
space, results = {}, []
with contextlib.redirect_stdout(io.StringIO()):
    exec(task["code"], space)
    for arguments, expected in task["tests"]:
        try:
            value = space[task["function"]](*arguments)
        except Exception:
            continue
        results.append(value == expected)
print(json.dumps(results))
"""

CLAMP = {"function": "clamp", "tests": [[[5, 0, 3], 3], [[-1, 0, 3], 0], [[2, 0, 3], 2], [[0, 0, 3], 0]]}


@case(
    "```python\ndef clamp(x, low, high):\n    return max(low, min(x, high))\n```", reference=CLAMP, expect=1
)
@case("def clamp(x, low, high):\n    return min(x, high)", reference=CLAMP, expect=0.75)
@case("def clamp(x, low, high):\n    return low +", reference=CLAMP, expect=0)
@probe("I would compare x with both bounds.", reference=CLAMP)
@reward(answer="code", runs_completion=True, timeout=8)
def passes_tests(completion: str, reference: dict) -> float:
    """Share of the tests that the submitted function passes."""
    if not reference.get("tests"):
        raise Unscored("an exercise without tests")
    block = re.search(r"```(?:python)?\n(.*?)```", completion, re.DOTALL)
    task = {**reference, "code": block.group(1) if block else completion}
    try:
        run = subprocess.run(
            [sys.executable, "-I", "-c", HARNESS],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=5,
        )
        results = json.loads(run.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return 0.0
    return sum(results) / len(results) if results else 0.0
