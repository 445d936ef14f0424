"""Python functions, tested with the assertions of the exercise."""

import re
import subprocess
import sys

from rewardkit import case, reward

TESTS = ["assert double(2) == 4", "assert double(-3) == -6", "assert double(0) == 0"]


def code_of(text: str) -> str:
    blocks = re.findall(r"```(?:python)?\n(.*?)```", text, flags=re.DOTALL)
    return blocks[-1] if blocks else text


def passes(program: str) -> bool:
    """Whether a program ends well, in a process of its own."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-"],
            input=program.encode("utf-8", "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=3,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@case("def double(x):\n    return 2 * x", tests=TESTS, expect=1)
@case("Here it is:\n```python\ndef double(x):\n    return x + x\n```", tests=TESTS, expect=1)
@case("def double(x):\n    return x ** 2", tests=TESTS, expect=0)
@case("def double(x):\n    while True: pass", tests=TESTS, expect=0)
@case("def double(x) return 2 * x", tests=TESTS, expect=0)
@case("", tests=TESTS, expect=0)
@reward(answer="code", runs_completion=True, timeout=15)
def unit_tests(completion: str, tests: list) -> bool:
    """All assertions hold."""
    return passes("\n\n".join([code_of(completion), *tests]) + "\n")
