"""Whole programs: read from standard input, write to standard output."""

import os
import resource
import signal
import subprocess
import sys
import tempfile

from rewardkit import case, order, probe, reward

SECONDS = 2


def limits() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def output_of(source: str, given: str) -> str | None:
    """What the program prints for this input; None when it fails or takes too long."""
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "out"), "wb+") as out:
        path = os.path.join(folder, "main.py")
        with open(path, "wb") as file:
            file.write(source.encode("utf-8", "replace"))
        child = subprocess.Popen(
            [sys.executable, "-I", path], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL,
            cwd=folder, preexec_fn=limits, start_new_session=True,
        )  # fmt: skip
        try:
            child.communicate(given.encode(), timeout=SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
            child.wait()
        out.seek(0)
        return out.read().decode("utf-8", "replace") if child.returncode == 0 else None


def tidy(text: str) -> list[str]:
    """Lines without blanks at their ends and without empty ones at the end of the text."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


SUMS = [{"stdin": "3 4\n", "stdout": "7"}, {"stdin": "-1 1\n", "stdout": "0"}]


@case("a, b = map(int, input().split())\nprint(a + b)", reference=SUMS, expect=1)
@case("Here it is:\n```python\nprint(sum(map(int, input().split())))\n```", reference=SUMS, expect=1)
@case("print(7)", reference=SUMS, expect=0)
@case("a, b = map(int, input().split())\nprint(a - b)", reference=SUMS, expect=0)
@order("print('7')\nprint('0')", "print(eval(input().replace(' ', '+')))", reference=SUMS)
@probe("import os\nos._exit(0)", reference=SUMS)
@reward(answer="code", runs_completion=True, timeout=30)
def program(completion: str, reference: list[dict]) -> bool:
    """Full marks for a Python program, in the last fenced block or bare, that prints what is expected for every input."""
    parts = completion.split("```")
    source = (
        parts[-2].removeprefix("python3").removeprefix("python").removeprefix("py")
        if len(parts) >= 3
        else completion
    )
    for test in reference:
        printed = output_of(source, test["stdin"])
        if printed is None or tidy(printed) != tidy(test["stdout"]):
            return False
    return True
