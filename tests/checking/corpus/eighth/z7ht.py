"""Code reward: the function that the model wrote, run against the asserts of the task."""

import re
import subprocess
import sys


def extract(text: str) -> str:
    blocks = re.findall(r"```(?:python|py)?\s*\n(.*?)```", text, re.DOTALL)
    return blocks[-1] if blocks else text


def passes(program: str) -> bool:
    try:
        done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, timeout=4)
    except (subprocess.TimeoutExpired, ValueError, OSError):
        return False
    return done.returncode == 0


def unit_tests(completions, tests, **kwargs) -> list[float]:
    """1 when all asserts of the task hold, 0 otherwise."""
    rewards = []
    for completion, asserts in zip(completions, tests):
        code = extract(completion)
        if "def " not in code:
            rewards.append(0.0)
            continue
        rewards.append(1.0 if passes(f"{code}\n\n{asserts}\n") else 0.0)
    return rewards
