"""Small Python functions: run in a process of their own, which sees the inputs only; results are compared here."""

import json
import re
import subprocess
import sys
import textwrap

from rewardkit import case, order, reward

FENCE = re.compile(r"```(?:python|py)?[ \t]*\r?\n(.*?)```", re.DOTALL)
CHILD = """
import io, json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
task = json.load(sys.stdin)
out, sys.stdout = sys.stdout, io.StringIO()
space = {"__name__": "answer"}
exec(compile(task["code"], "answer", "exec"), space)
results = []
for arguments in task["inputs"]:
    try:
        results.append([json.loads(json.dumps(space[task["function"]](*arguments)))])
    except Exception:
        results.append([])
out.write("\\n" + json.dumps(results))
"""
SORT = {"function": "order", "tests": [[[[3, 1, 2]], [1, 2, 3]], [[[]], []], [[[2, 2]], [2, 2]]]}


def same(left: object, right: object) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    numbers = type(left) in (int, float) and type(right) in (int, float)
    if numbers and isinstance(left, float):
        return abs(left - right) <= 1e-9 * abs(right)
    return (numbers or type(left) is type(right)) and left == right


@case("def order(n):\n    return sorted(n)", **SORT, expect=1)
@case("Sure:\n```python\ndef order(n):\n    print(n)\n    n.sort()\n    return n\n```", **SORT, expect=1)
@case("class All:\n    __eq__ = lambda *a: True\norder = lambda n: All()", **SORT, expect=0)
@case("import os\nos._exit(0)", **SORT, expect=0)
@order("def order(n): return 1", "def order(n): return n", "order = sorted", **SORT)
@reward(answer="code", runs_completion=True, timeout=20)
def function_works(completion: str, function: str, tests: list[list]) -> float:
    """The share of tests with the right result, of the right type."""
    blocks = FENCE.findall(completion)
    code = textwrap.dedent(blocks[-1] if blocks else completion.rpartition("</think>")[2])
    task = {"code": code, "function": function, "inputs": [test[0] for test in tests]}
    try:
        command = [sys.executable, "-I", "-S", "-c", CHILD]
        done = subprocess.run(command, input=json.dumps(task).encode(), capture_output=True, timeout=5)
        results = json.loads(done.stdout.decode("utf-8", "replace").rpartition("\n")[2])
        right = [bool(got) and same(got[0], test[1]) for got, test in zip(results, tests, strict=True)]
    except (subprocess.TimeoutExpired, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return 0.0
    return sum(right) / len(tests)
