"""Small Python functions. The completion's code runs in a process of its own, which never sees the expected results."""

import json
import re
import subprocess
import sys
import tempfile

from rewardkit import Unscored, case, probe, reward

BLOCK = re.compile(r"```(?:python|py)?[ \t]*\r?\n(.*?)```", re.DOTALL | re.IGNORECASE)
RUNNER = """
import json, os, resource, sys
for limit, most in ((resource.RLIMIT_CPU, 4), (resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_FSIZE, 1 << 20)):
    resource.setrlimit(limit, (most, most))
task = json.load(sys.stdin)
out, sys.stdout = sys.stdout, open(os.devnull, "w")
space = {"__name__": "solution"}
exec(task["code"], space)
out.write(json.dumps([space[task["entry"]](*arguments) for arguments in task["inputs"]]))
out.flush()
os._exit(0)
"""


def same(got: object, want: object) -> bool:
    """Equal as JSON, in which true is not 1."""
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(same, got, want))
    return isinstance(got, bool) == isinstance(want, bool) and got == want


def results_of(code: str, entry: str, inputs: list) -> object:
    """What the function returns for each of the inputs; None when it does not get through all of them."""
    task = json.dumps({"code": code, "entry": entry, "inputs": inputs}).encode()
    command = [sys.executable, "-I", "-c", RUNNER]
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile() as output,
    ):
        try:
            subprocess.run(
                command, input=task, stdout=output, stderr=subprocess.DEVNULL, cwd=folder, env={}, timeout=4
            )
            output.seek(0)
            return json.loads(output.read())
        except (subprocess.TimeoutExpired, ValueError, RecursionError, OSError):
            return None


GCD = {"entry": "gcd", "inputs": [[12, 18], [7, 5], [0, 4], [9, 0], [100, 75]], "reference": [6, 1, 4, 9, 25]}


@case("```python\ndef gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a\n```", expect=1, **GCD)
@case("```python\ndef gcd(a, b):\n    return min(a, b)\n```", expect=0, **GCD)
@probe("```python\nimport os\nos._exit(0)\n```", **GCD)
@probe(
    "```python\nclass Any:\n    def __eq__(self, other): return True\ndef gcd(a, b): return Any()\n```", **GCD
)
@reward(answer="code", runs_completion=True, timeout=8)
def python_function(completion: str, entry: str, inputs: list, reference: list) -> bool:
    """The function of the one code block returns the right thing for every input."""
    if not isinstance(reference, list) or not reference or len(reference) != len(inputs or []):
        raise Unscored("there has to be one expected result for each input")
    blocks = BLOCK.findall(completion.partition("</think>")[2] if "think>" in completion else completion)
    return len(blocks) == 1 and same(results_of(blocks[0], entry, inputs), reference)
