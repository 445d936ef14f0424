"""Small Python functions, graded by assertions that the model does not see."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rewardkit import case, reward

TESTS = ["assert clamp(5, 0, 3) == 3", "assert clamp(-1, 0, 3) == 0", "assert clamp(2, 0, 3) == 2"]


def code_of(completion: str) -> str:
    blocks = re.findall(r"```(?:python)?[ ]*\n(.*?)```", completion, re.DOTALL)
    return blocks[-1] if blocks else completion


@case("def clamp(x, low, high):\n    return max(low, min(x, high))", reference=TESTS, expect=1)
@case("```python\ndef clamp(x, a, b):\n    return sorted((a, x, b))[1]\n```", reference=TESTS, expect=1)
@case("def clamp(x, low, high):\n    return x", reference=TESTS, expect=0)
@case("def clamp(x, low, high)", reference=TESTS, expect=0)
@case("while True: pass", reference=TESTS, expect=0)
@case("", reference=TESTS, expect=0)
@reward(answer="code", runs_completion=True, timeout=20)
def passes_tests(completion: str, reference: list) -> bool:
    """Runs the code with the assertions below it, in a process and a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "solution.py"
        script.write_text(
            code_of(completion) + "\n\n" + "\n".join(reference), encoding="utf-8", errors="replace"
        )
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(script)],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=4,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0
