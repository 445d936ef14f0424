"""Python functions against unit tests, with credit for each test that passes."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit, probe

CHECK = "try:\n    {test}\n    print('ok')\nexcept Exception as error:\n    print('failed', type(error).__name__)\n"


def run(source: str) -> tuple[int, str]:
    """Exit status and output of a program in a folder of its own; status 1 when it takes longer than 4 seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "main.py")
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(source)
        try:
            done = subprocess.run([sys.executable, "-I", path], capture_output=True, timeout=4, cwd=folder)
        except subprocess.TimeoutExpired:
            return 1, ""
    return done.returncode, done.stdout.decode("utf-8", "replace")


def code_in(completion: str) -> str:
    """The last fenced block, or everything when there is none."""
    parts = completion.split("```")
    return parts[-2].removeprefix("python") if len(parts) >= 3 else completion


TESTS = ["assert add(2, 3) == 5", "assert add(-1, 1) == 0", "assert add(0, 0) == 0"]


@case("```python\ndef add(a, b):\n    return a + b\n```", reference=TESTS, expect=1)
@case("def add(a, b):\n    return a - b", reference=TESTS, expect=[0.1, 0.5])
@case("def add(a, b: return a + b", reference=TESTS, expect=0)
@order("def add(a, b):\n    return 7", "def add(a, b):\n    return a + b", reference=TESTS)
@probe("import sys\nsys.exit(0)", ceiling=0.1, reference=TESTS)
@partial_credit({"runs": 0.1, "passes": 1.0}, answer="code", runs_completion=True)
def unit_tests(completion: str, reference: list[str]) -> Iterator[Step]:
    """0.1 for code that runs to the end, the rest by the share of the tests that pass."""
    program = code_in(completion) + "\n\n" + "".join(CHECK.format(test=test) for test in reference)
    status, output = run(program)
    yield "runs", status == 0, "it does not run"
    passed = output.splitlines().count("ok")
    yield "passes", min(passed / len(reference), 1.0), f"{passed} of {len(reference)} tests pass"
