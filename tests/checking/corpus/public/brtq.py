"""Small Python functions, run against the assertions of their row in a process of their own."""

import re
import subprocess
import sys
import uuid

from rewardkit import case, reward

FENCE = re.compile(r"```(?:python|py)?[ \t]*\r?\n(.*?)```", re.DOTALL)
DOUBLE = ["assert double(3) == 6", "assert double(-1) == -2"]


def source(completion: str) -> str:
    blocks = FENCE.findall(completion)
    return blocks[-1] if blocks else completion


@case("def double(n):\n    return 2 * n", tests=DOUBLE, expect=1)
@case("```python\ndef double(n):\n    return n + n\n```", tests=DOUBLE, expect=1)
@case("def double(n):\n    return n ** 2", tests=DOUBLE, expect=0)
@case("import sys\nsys.exit(0)", tests=DOUBLE, expect=0)
@reward(answer="code", runs_completion=True, timeout=20)
def passes(completion: str, tests: list[str]) -> bool:
    """Every assertion holds, and the program gets to its last line."""
    token = uuid.uuid4().hex
    program = "\n".join([source(completion), *tests, f"print({token!r})"])
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-"],
            input=program.encode("utf-8", "replace"),
            capture_output=True,
            timeout=5,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and done.stdout.decode("utf-8", "replace").strip().endswith(token)
