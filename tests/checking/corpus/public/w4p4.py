"""Patches to a small module: the share of unit tests that the harness reports as passed."""

import re
import subprocess
import sys

from rewardkit import case, reward

FENCE = re.compile(r"```(?:python|py)?[ \t]*\r?\n(.*?)```", re.DOTALL)
HARNESS = """
for _name, _call, _wanted in {tests!r}:
    try:
        print(("PASSED " if repr(eval(_call)) == _wanted else "FAILED ") + _name)
    except Exception as _error:
        print("FAILED " + _name)
"""
SLUG = [["spaces", "slug('a b')", "'a-b'"], ["case", "slug('AB')", "'ab'"]]
GOOD = "def slug(text):\n    return text.lower().replace(' ', '-')"


@case(GOOD, tests=SLUG, expect=1)
@case(f"Here it is:\n```python\n{GOOD}\n```", tests=SLUG, expect=1)
@case("def slug(text):\n    return text.lower()", tests=SLUG, expect=0.5)
@case("def slug(text)\n    return text", tests=SLUG, expect=0)
@reward(answer="code", runs_completion=True, timeout=20)
def unit_tests(completion: str, tests: list[list[str]]) -> float:
    """Tests that passed, of all."""
    blocks = FENCE.findall(completion)
    program = (blocks[-1] if blocks else completion) + "\n" + HARNESS.format(tests=tests)
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-"],
            input=program.encode("utf-8", "replace"),
            capture_output=True,
            timeout=5,
        )
    except subprocess.TimeoutExpired:
        return 0.0
    lines = {line.strip() for line in done.stdout.decode("utf-8", "replace").splitlines()}
    return sum(f"PASSED {name}" in lines for name, _, _ in tests) / len(tests)
