"""Function calling: one call in <tool_call> tags, as JSON with a name and arguments."""

import json
import re

CALL = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)


def read_call(text: str) -> tuple[str, dict] | None:
    found = CALL.findall(text)
    if len(found) != 1:
        return None
    try:
        call = json.loads(found[0])
    except (ValueError, RecursionError):
        return None
    if not isinstance(call, dict) or not isinstance(call.get("arguments"), dict):
        return None
    return str(call.get("name")), call["arguments"]


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 for the right function with the right arguments, 0.1 for a call that can be read, 0 otherwise."""
    expected = json.loads(ground_truth) if isinstance(ground_truth, str) else ground_truth
    call = read_call(solution_str)
    if call is None:
        return 0.0
    name, arguments = call
    if name != expected["name"]:
        return 0.1
    wanted = expected["arguments"]
    matches = all(key in wanted and wanted[key] == value for key, value in arguments.items())
    return 1.0 if matches else 0.1
