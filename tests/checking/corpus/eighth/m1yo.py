"""Programs that read standard input and print; each is run on hidden inputs in a process of its own."""

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from rewardkit import case, probe, reward

SUMS = [["1 2\n", "3"], ["-5 5\n", "0"], ["10 20\n", "30"]]
SECONDS = 2


def limits() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def printed(program: bytes, given: str) -> str | None:
    """What the program prints; None when it fails or takes too long."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "main.py"), Path(folder, "printed")
        source.write_bytes(program)
        with output.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-I", str(source)],
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env={},
                start_new_session=True,
                preexec_fn=limits,
            )
            try:
                process.communicate(given.encode(), timeout=SECONDS)
            except subprocess.TimeoutExpired:
                return None
            finally:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return output.read_bytes().decode("utf-8", "replace") if process.returncode == 0 else None


@case("a, b = map(int, input().split())\nprint(a + b)", cases=SUMS, expect=1)
@case(
    "Here it is:\n```python\nimport sys\nprint(sum(map(int, sys.stdin.read().split())))\n```",
    cases=SUMS,
    expect=1,
)
@case("a, b = map(int, input().split())\nprint(a - b)", cases=SUMS, expect=0)
@probe("print(3)", cases=SUMS)
@probe("import os\nos._exit(0)", cases=SUMS)
@reward(answer="code", runs_completion=True, timeout=20)
def program(completion: str, cases: list[list[str]]) -> bool:
    """Full marks when the program prints what it should for every input, white space aside."""
    blocks = re.findall(r"```(?:python|py)?[^\S\n]*\n(.*?)```", completion, re.DOTALL | re.IGNORECASE)
    code = (blocks[-1] if blocks else completion).encode("utf-8", "replace")
    for given, expected in cases:
        answer = printed(code, given)
        if answer is None or answer.split() != expected.split():
            return False
    return True
