"""verl reward for the programming course: the pupil's function is run against the teacher's assertions."""

import re
import subprocess
import sys

FENCE = re.compile(r"```(?:python)?[ \t]*\n(.*?)```", re.DOTALL)


def program(solution, tests):
    blocks = FENCE.findall(solution)
    code = blocks[-1] if blocks else solution
    return code + "\n\n" + tests + "\n"


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the program with the assertions below it ends without an error, within five seconds."""
    if not solution_str.strip():
        return 0.0
    source = program(solution_str, ground_truth).encode("utf-8", "replace")
    try:
        done = subprocess.run([sys.executable, "-I", "-"], input=source, capture_output=True, timeout=5)
    except subprocess.TimeoutExpired:
        return 0.0
    return 1.0 if done.returncode == 0 else 0.0
