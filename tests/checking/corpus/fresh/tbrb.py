"""Small programming exercises: the function is run in a process of its own, and its results are compared here."""

import json
import re
import subprocess
import sys
import tempfile

from rewardkit import Unscored, case, probe, reward

CHILD = """
import json, os, resource, sys
for limit, most in ((resource.RLIMIT_AS, 2**30), (resource.RLIMIT_FSIZE, 2**20), (resource.RLIMIT_CPU, 3)):
    resource.setrlimit(limit, (most, most))
task, pipe, results = json.load(sys.stdin), os.fdopen(os.dup(1), "w"), []
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
space = {"__name__": "submission"}
exec(compile(task["code"], "submission", "exec"), space)
for arguments in task["inputs"]:
    try:
        results.append([space[task["function"]](*arguments)])
    except Exception:
        results.append([])
pipe.write(json.dumps(results))
pipe.flush()
os._exit(0)
"""
BLOCK = re.compile(r"^[ \t]*```(?:python|py)?[ \t\r]*\n(.*?)```", re.DOTALL | re.IGNORECASE | re.MULTILINE)
CLAMP = {
    "function": "clamp",
    "tests": [[[5, 0, 3], 3], [[-1, 0, 3], 0], [[2, 0, 3], 2], [[0, 0, 3], 0], [[4, 4, 9], 4]],
}


def run(code: str, function: str, inputs: list[list]) -> object:
    """A list with the result of each input; None when the program as a whole failed."""
    task = json.dumps({"code": code, "function": function, "inputs": inputs}).encode()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile() as output,
    ):
        command = [sys.executable, "-I", "-c", CHILD]
        try:
            subprocess.run(
                command, input=task, stdout=output, stderr=subprocess.DEVNULL, cwd=folder, timeout=5
            )
            output.seek(0)
            return json.loads(output.read(1_000_000))
        except (subprocess.TimeoutExpired, ValueError, RecursionError):
            return None


@case(
    "```python\ndef clamp(x, low, high):\n    return max(low, min(x, high))\n```", reference=CLAMP, expect=1
)
@case("def clamp(x, low, high):\n    return sorted((low, x, high))[1]", reference=CLAMP, expect=1)
@case("def clamp(x, low, high):\n    return min(x, high)", reference=CLAMP, expect=0)
@probe(
    "class Any:\n    def __eq__(self, other):\n        return True\ndef clamp(*a):\n    return Any()",
    reference=CLAMP,
)
@reward(answer="code", runs_completion=True, timeout=9)
def exercise(completion: str, reference: dict) -> bool:
    """Right when every test gives the expected result; the process that runs the submission never learns what is expected."""
    name, tests = reference.get("function"), reference.get("tests")
    if not tests or not name:
        raise Unscored("an exercise without tests")
    blocks, around = BLOCK.findall(completion), BLOCK.sub("", completion)
    if (
        len(blocks) > 1
        or (blocks and re.search(r"\bdef\s+\w+\s?\(", around))
        or len(re.findall(rf"\bdef\s+{re.escape(name)}\b", completion)) > 1
    ):
        return False
    results = run(blocks[0] if blocks else completion, name, [arguments for arguments, _ in tests])
    wanted = [[expected] for _, expected in tests]
    return results == wanted and all(
        isinstance(got, bool) == isinstance(want, bool)
        for (got,), (want,) in zip(results, wanted, strict=True)
    )
