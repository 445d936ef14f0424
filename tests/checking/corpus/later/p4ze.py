"""Small Python functions: called on hidden inputs in a process of their own, compared out here."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

RUNNER = """
import copy, json, sys
folder, entry = sys.argv[1:3]
space = {"__name__": "submission"}
exec(compile(open(folder + "/code.py", encoding="utf-8").read(), "code.py", "exec"), space)
results = [space[entry](*copy.deepcopy(args)) for args in json.load(open(folder + "/inputs.json"))]
json.dump(results, open(folder + "/results.json", "w"))
"""


def code_of(text: str) -> str:
    blocks = re.findall(r"```(?:python|py)?[ \t]*\r?\n(.*?)```", text, re.DOTALL | re.IGNORECASE)
    return blocks[-1] if blocks else text.strip()


def same(given: object, wanted: object) -> bool:
    """Equality as JSON has it, so that True is not 1; a tuple has become a list on the way."""
    if isinstance(wanted, bool) or isinstance(given, bool):
        return given is wanted
    if isinstance(wanted, list):
        return isinstance(given, list) and len(given) == len(wanted) and all(map(same, given, wanted))
    if isinstance(wanted, dict):
        return (
            isinstance(given, dict)
            and given.keys() == wanted.keys()
            and all(same(given[key], wanted[key]) for key in wanted)
        )
    return given == wanted


def compute_score(data_source, solution_str, ground_truth, extra_info=None) -> float:
    """1.0 when every call gives the expected value; the expected values never reach the process of the submission."""
    task = json.loads(ground_truth)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.joinpath("code.py").write_text(code_of(solution_str), encoding="utf-8", errors="replace")
        path.joinpath("inputs.json").write_text(json.dumps([args for args, _ in task["calls"]]))
        command = [sys.executable, "-I", "-c", RUNNER, folder, task["entry"]]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            subprocess.run(command, timeout=5, check=False, **quiet)
            with path.joinpath("results.json").open(encoding="utf-8") as file:
                results = json.loads(file.read(200_000))
        except (subprocess.TimeoutExpired, OSError, ValueError, RecursionError):
            return 0.0
    return 1.0 if same(results, [expected for _, expected in task["calls"]]) else 0.0
