"""Python exercises of the first term: the submission has to pass the tutor's tests."""

import re
import subprocess
import sys
import tempfile

from rewardkit import case, reward

FENCE = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)```", re.DOTALL)
ABSOLUTE = "assert distance(3, 8) == 5\nassert distance(8, 3) == 5\nassert distance(-2, 2) == 4"


def passes(program: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-"],
                input=program.encode("utf-8", "replace"),
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=5,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


@case("def distance(a, b):\n    return abs(a - b)", reference=ABSOLUTE, expect=1)
@case("```python\ndef distance(a, b):\n    return max(a, b) - min(a, b)\n```", reference=ABSOLUTE, expect=1)
@case("def distance(a, b):\n    return a - b", reference=ABSOLUTE, expect=0)
@case("def distance(a, b) return a - b", reference=ABSOLUTE, expect=0)
@case("", reference=ABSOLUTE, expect=0)
@reward(answer="code", runs_completion=True, timeout=20)
def exercise(completion: str, reference: str) -> bool:
    """Full marks when the program and the tests after it run through."""
    blocks = FENCE.findall(completion)
    code = blocks[-1] if blocks else completion
    return passes(code + "\n\n" + reference + "\n")
