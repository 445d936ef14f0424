"""One tool call with its arguments, for the assistant of a travel desk."""

import json
from typing import Any

from rewardkit import case, reward

BOOK = {"name": "book_train", "arguments": {"from": "Bern", "to": "Milano", "date": "2024-06-02"}}


def read_call(text: str) -> dict[str, Any]:
    """The call as a dict; an empty one when the text holds none."""
    body = text.replace("<tool_call>", "").replace("</tool_call>", "").strip()
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return call if isinstance(call, dict) else {}


@case(json.dumps(BOOK), reference=BOOK, expect=1)
@case("<tool_call>" + json.dumps(BOOK) + "</tool_call>", reference=BOOK, expect=1)
@case(json.dumps({**BOOK, "arguments": {}}), reference=BOOK, expect=0.4)
@case(json.dumps({**BOOK, "arguments": {**BOOK["arguments"], "to": "Torino"}}), reference=BOOK, expect=0.8)
@case("I would book a train from Bern to Milano.", reference=BOOK, expect=0)
@reward(answer="json")
def tool_call(completion: str, reference: dict) -> float:
    """0.4 for the right tool, 0.2 for each right argument, 1 at most."""
    call = read_call(completion)
    if call.get("name") != reference["name"]:
        return 0.0
    score = 0.4
    arguments = call.get("arguments")
    if isinstance(arguments, dict):
        for key, value in reference["arguments"].items():
            if key in arguments and arguments[key] == value:
                score += 0.2
    return min(round(score, 2), 1.0)
