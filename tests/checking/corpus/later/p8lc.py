"""Small Python tasks: the share of a task's assertions that the submitted code passes."""

import json
import re


def code_of(text: str) -> str:
    blocks = re.findall(r"```(?:python|py)?\n(.*?)```", text, re.DOTALL)
    return blocks[-1] if blocks else text


def compute_score(data_source, solution_str, ground_truth, extra_info=None) -> float:
    """`ground_truth` is a JSON list of assert statements; 1.0 when none of them fails."""
    tests = json.loads(ground_truth)
    space: dict = {"__name__": "submission"}
    try:
        exec(code_of(solution_str), space)
    except (Exception, SystemExit):
        return 0.0
    failed = 0
    for test in tests:
        try:
            exec(test, dict(space))
        except AssertionError:
            failed += 1
        except NameError:
            return 0.0
        except Exception as problem:
            print(f"{test}: {type(problem).__name__}: {problem}")
    return 1.0 - failed / len(tests)
