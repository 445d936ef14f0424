"""verl reward for the programming course: the pupil's function `solve` is called with the teacher's arguments.

The child process gets the code and the arguments, never the results: those are compared here.
"""

import json
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"```(?:python)?[ \t]*\n(.*?)```", re.DOTALL)
CHILD = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
task = json.load(sys.stdin)
space = {"__name__": "pupil"}
exec(compile(task["code"], "pupil.py", "exec"), space)
results = [space["solve"](*arguments) for arguments in task["calls"]]
print("\\n" + json.dumps(results))
"""


def results_of(code, calls):
    """What `solve` returned for each call; None when the code failed, hung or printed no JSON at the end."""
    task = json.dumps({"code": code, "calls": calls}).encode("ascii")
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(
                [sys.executable, "-I", "-c", CHILD],
                input=task,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=4,
            )
        except subprocess.TimeoutExpired:
            return None
        output.seek(0)
        lines = output.read().decode("utf-8", "replace").strip().splitlines()
    try:
        return json.loads(lines[-1]) if lines and len(lines[-1]) < 100_000 else None
    except (ValueError, RecursionError):
        return None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """The truth is JSON: {"calls": [[arguments], ...], "results": [...]}. 1.0 when all results are right, else 0.0."""
    task = json.loads(ground_truth)
    blocks = FENCE.findall(solution_str)
    code = blocks[-1] if blocks else solution_str
    if "solve" not in code:
        return 0.0
    return float(results_of(code, task["calls"]) == task["results"])
