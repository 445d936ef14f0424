"""Code reward: the function has to return what the examples of the task say (TRL)."""

import json
import re
import subprocess
import sys

RUN = """
import json, sys
job = json.load(sys.stdin)
space = {}
exec(job["code"], space)
results = [space["solve"](*arguments) for arguments in job["inputs"]]
print()
print(json.dumps(results))
"""


def results_of(code: str, inputs: list) -> object:
    """What solve() returns for each input, in a process of its own; None when it does not get that far."""
    job = json.dumps({"code": code, "inputs": inputs})
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", RUN],
            input=job,
            capture_output=True,
            text=True,
            timeout=4,
            errors="replace",
        )
        return json.loads(done.stdout.strip().rpartition("\n")[2])
    except (subprocess.TimeoutExpired, ValueError, RecursionError):
        return None


def solves_examples(completions, examples, **kwargs) -> list[float]:
    """1 when solve() is right on every example that the task gives."""
    rewards = []
    for completion, pairs in zip(completions, examples):
        blocks = re.findall(r"```(?:python)?\n(.*?)```", completion, flags=re.DOTALL)
        results = results_of(blocks[-1] if blocks else completion, [arguments for arguments, _ in pairs])
        rewards.append(1.0 if results == [expected for _, expected in pairs] else 0.0)
    return rewards
