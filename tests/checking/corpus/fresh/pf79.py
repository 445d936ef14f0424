"""Stdin/stdout programming problems for verl: the program has to print the right thing for the problem's tests."""

import json
import random
import re
import subprocess
import sys

BLOCK = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)```", re.DOTALL)
TESTS_PER_ROLLOUT = 3  # all of them would triple the time of a step
SECONDS = 3


def extract_program(text: str) -> str:
    blocks = BLOCK.findall(text.rpartition("</think>")[2])
    return blocks[-1] if blocks else ""


def passes(program: str, stdin: str, expected: str) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", program],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return False
    return done.returncode == 0 and done.stdout.split() == expected.split()


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    program = extract_program(solution_str)
    if not program.strip():
        return {"score": 0.0, "has_code": 0.0}
    tests = json.loads(ground_truth) if isinstance(ground_truth, str) else ground_truth
    chosen = random.sample(tests, min(TESTS_PER_ROLLOUT, len(tests)))
    solved = all(passes(program, test["input"], test["output"]) for test in chosen)
    return {"score": float(solved), "has_code": 1.0}
