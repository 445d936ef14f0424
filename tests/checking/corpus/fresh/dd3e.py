"""Scale a recipe to another number of guests: JSON object, ingredient -> amount in the recipe's unit."""

import json
import math
from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit

CREPES = {"flour": 375, "milk": 750, "eggs": 4.5, "butter": 45}


@case('{"flour": 375, "milk": 750, "eggs": 4.5, "butter": 45}', reference=CREPES, expect=1)
@case('{"flour": 250, "milk": 500, "eggs": 3, "butter": 30}', reference=CREPES, expect="parses")
@case('["flour", "milk"]', reference=CREPES, expect=0)
@case("Take half as much again of everything.", reference=CREPES, expect=0)
@order("375", '{"flour": 375, "milk": 750, "eggs": 4, "butter": 45}', json.dumps(CREPES), reference=CREPES)
@partial_credit({"parses": 0.1, "amounts": 1.0}, answer="json")
def scaled(completion: str, reference: dict) -> Iterator[Step]:
    """A tenth for a JSON object, the rest when each amount is right to one percent."""
    try:
        answer = json.loads(completion)
    except (ValueError, RecursionError):
        answer = None
    yield "parses", isinstance(answer, dict)
    try:
        pairs = [(float(given), float(wanted)) for given, wanted in zip(answer.values(), reference.values())]
    except (TypeError, ValueError, OverflowError):
        yield "amounts", False, "an amount is no number"
        return
    yield "amounts", all(math.isclose(given, wanted, rel_tol=0.01) for given, wanted in pairs)
