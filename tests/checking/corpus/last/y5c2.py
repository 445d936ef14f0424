"""Small Python functions, judged by what they return for hidden arguments; the expected values never reach their process."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress

from rewardkit import Unscored, case, probe, reward

FENCE = re.compile(r"```([a-zA-Z0-9]*)[ \t]*\n(.*?)```", re.DOTALL)
DRIVER = """
import json, os, resource, sys
job = json.loads(sys.stdin.read())
for limit, most in ((resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_FSIZE, 200_000)):
    resource.setrlimit(limit, (most, most))
out, sink, space = os.dup(1), os.open(os.devnull, os.O_RDWR), {"__name__": "submission"}
for number in (0, 1, 2):
    os.dup2(sink, number)
exec(compile(job["code"], "submission", "exec"), space)
results = [[json.loads(json.dumps(space[job["entry"]](*arguments)))] for arguments in job["calls"]]
os.write(out, json.dumps(results).encode())
"""


def run(code: str, entry: str, calls: list[list]) -> str:
    command, job = [sys.executable, "-I", "-c", DRIVER], {"code": code, "entry": entry, "calls": calls}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={},
            start_new_session=True,
        )
        with suppress(subprocess.TimeoutExpired):
            child.communicate(json.dumps(job).encode(), timeout=8)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        out.seek(0)
        try:
            return json.dumps(json.loads(out.read(300_000)), sort_keys=True)
        except (ValueError, RecursionError):
            return ""


GAP = [[[3, 8], 5], [[8, 3], 5], [[-2, 2], 4], [[7, 7], 0], [[0, -9], 9]]


@case("def gap(a, b):\n    return abs(a - b)", entry="gap", reference=GAP, expect=1)
@case(
    "Here it is:\n```python\ndef gap(a, b):\n    print('hi')\n    return max(a, b) - min(a, b)\n```\n",
    entry="gap",
    reference=GAP,
    expect=1,
)
@case("def gap(a, b):\n    return a - b", entry="gap", reference=GAP, expect=0)
@probe("import os\nos._exit(0)", entry="gap", reference=GAP)
@reward(answer="code", runs_completion=True, timeout=25)
def function_task(completion: str, entry: str, reference: list) -> bool:
    if not isinstance(reference, list) or len(reference) < 3:
        raise Unscored("too few tests")
    calls, expected = zip(*reference)
    blocks = FENCE.findall(completion)
    chosen = [block for language, block in blocks if language.lower() in ("python", "python3", "py")] or [
        block for _, block in blocks if entry in block
    ]
    found = run("\n".join(chosen) if chosen else completion, entry, calls)
    return found == json.dumps([[value] for value in expected], sort_keys=True)
