"""Small Python functions, graded by what they return for inputs that the model does not see."""

import json
import re
import subprocess
import sys
import tempfile

from rewardkit import case, probe, reward

DRIVER = """
import json, os, sys
task = json.load(sys.stdin)
out = os.fdopen(os.dup(1), "w")
sys.stdout = open(os.devnull, "w")
space = {"__name__": "solution"}
exec(task["code"], space)
json.dump([space[task["function"]](*args) for args in task["inputs"]], out)
out.flush()
"""
CLAMP = {"function": "clamp", "calls": [[[5, 0, 3], 3], [[-1, 0, 3], 0], [[2, 0, 3], 2]]}


def run(code: str, function: str, inputs: list) -> object:
    """The results of the calls, or None. The expected ones never enter the process that runs the code."""
    task = json.dumps({"code": code, "function": function, "inputs": inputs})
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", DRIVER],
                input=task.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                timeout=4,
            )
            return json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError, RecursionError):
            return None


@case("def clamp(x, low, high):\n    return max(low, min(x, high))", reference=CLAMP, expect=1)
@case(
    "Like so:\n```python\ndef clamp(x, a, b):\n    return sorted((a, x, b))[1]\n```",
    reference=CLAMP,
    expect=1,
)
@case("def clamp(x, low, high):\n    return x", reference=CLAMP, expect=0)
@case("while True: pass", reference=CLAMP, expect=0)
@case("", reference=CLAMP, expect=0)
@probe("import sys\nsys.exit(0)", reference=CLAMP)
@probe("print([3, 0, 3])\nraise SystemExit", reference=CLAMP)
@reward(answer="code", runs_completion=True, timeout=20)
def returns_right(completion: str, reference: dict) -> bool:
    """The last code block (or all of the text) defines the function, and every call returns what it should.

    A tuple counts as the list with its elements, as JSON has it.
    """
    blocks = re.findall(r"```(?:python|py)?[ ]*\n(.*?)```", completion, re.DOTALL)
    inputs, expected = zip(*reference["calls"], strict=True)
    return run(blocks[-1] if blocks else completion, reference["function"], list(inputs)) == list(expected)
