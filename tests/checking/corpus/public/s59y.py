"""The next tool call as a JSON object {"name": ..., "arguments": {...}}: the tool, its arguments, their values."""

import json
from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit

BOOK = {"name": "book_table", "arguments": {"guests": 4, "time": "19:30", "window": True}}
CALL = '{"name": "book_table", "arguments": {"guests": 4, "time": "19:30", "window": true}}'


def read(completion: str) -> dict:
    text = completion.rpartition("</think>")[2]
    try:
        call = json.loads(text[text.find("{") : text.rfind("}") + 1])
    except (ValueError, RecursionError):
        return {}
    return call if isinstance(call, dict) and isinstance(call.get("arguments"), dict) else {}


def same(left: object, right: object) -> bool:
    """Equal up to outer space in texts and key order; 4 and 4.0 are the same number, true is none."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, str) and isinstance(right, str):
        return left.strip() == right.strip()
    return isinstance(left, bool) == isinstance(right, bool) and left == right


@case(f"```json\n{CALL}\n```", reference=BOOK, expect="values")
@case(f"<tool_call>{CALL.replace('4', '4.0')}</tool_call>", reference=BOOK, expect="values")
@case(CALL.replace("true", "1"), reference=BOOK, expect=[0.6, 0.9])
@case('{"name": "book_table", "arguments": {"guests": 4}}', reference=BOOK, expect="tool")
@case('{"name": "book_table", "arguments": {}}', reference=BOOK, expect="tool")
@case('{"name": "cancel", "arguments": {}}', reference=BOOK, expect=0)
@order(
    "book a table", '{"name": "book_table", "arguments": {}}', CALL.replace("19", "20"), CALL, reference=BOOK
)
@partial_credit({"tool": 0.2, "arguments": 0.4, "values": 1.0}, answer="json", partial_cap=0.9)
def next_call(completion: str, reference: dict) -> Iterator[Step]:
    """The right tool, exactly its arguments, and the share of right values."""
    call, wanted = read(completion), reference["arguments"]
    yield "tool", call.get("name") == reference["name"]
    given = call["arguments"]
    yield "arguments", given.keys() == wanted.keys()
    right = [same(given[key], wanted[key]) for key in wanted]
    yield "values", True if all(right) else 0.8 * sum(right) / len(right)
