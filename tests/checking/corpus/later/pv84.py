"""Leases: tenant, monthly rent, start and whether pets are allowed, as JSON. The rent is what matters most."""

import json
import re
from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit, probe

LEASE = {"tenant": "Mara Lindqvist", "rent": 1250.0, "start": "2025-04-01", "pets": False}


def load_object(text: str) -> dict | None:
    """The one JSON object of an answer, fenced or in prose; a key said twice makes it unusable."""
    fenced = re.findall(r"```(?:json)?[ \t]*\n(.*?)```", text, re.DOTALL | re.IGNORECASE)
    body = fenced[0] if len(fenced) == 1 else text
    start, end = body.find("{"), body.rfind("}")

    def once(pairs: list[tuple[str, object]]) -> dict:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key is there twice")
        return dict(pairs)

    try:
        return json.loads(body[start : end + 1], object_pairs_hook=once) if 0 <= start < end else None
    except (ValueError, RecursionError):
        return None


def same(given: object, wanted: object) -> bool:
    """1250 is 1250.0, true is not 1, and texts may differ in case and spacing."""
    if isinstance(given, bool) or isinstance(wanted, bool):
        return given is wanted
    if isinstance(given, str) and isinstance(wanted, str):
        return given.casefold().split() == wanted.casefold().split()
    return given == wanted


@case(
    '{"tenant": "Mara Lindqvist", "rent": 1250, "start": "2025-04-01", "pets": false}',
    reference=LEASE,
    expect=1,
)
@case(
    'Here:\n```json\n{"pets": false, "rent": 1250.00, "start": "2025-04-01", "tenant": "mara lindqvist"}\n```',
    reference=LEASE,
    expect=1,
)
@case(
    '{"tenant": "Mara Lindqvist", "rent": 1250, "start": "2025-04-01", "pets": 0}',
    reference=LEASE,
    expect="rent",
)
@case(
    '{"tenant": "Mara Lindqvist", "rent": "1250", "start": "2025-04-01", "pets": false}',
    reference=LEASE,
    expect="fields",
)
@case('{"rent": 1250}', reference=LEASE, expect="object")
@case('{"rent": 900, "rent": 1250}', reference=LEASE, expect=0)
@order("rent: 1250", "{}", '{"tenant": "", "rent": 1250, "start": "", "pets": null}', reference=LEASE)
@probe('{"tenant": null, "rent": null, "start": null, "pets": null}', ceiling=0.1, reference=LEASE)
@partial_credit({"object": 0.05, "fields": 0.1, "rent": 0.4, "exact": 1.0}, answer="json")
def lease_terms(completion: str, reference: dict) -> Iterator[Step]:
    """A JSON object, with the fields asked for and no others, with the right rent, with all of it right."""
    data = load_object(completion)
    yield "object", data is not None, "no JSON object"
    yield "fields", set(data) == set(reference), "other fields than those asked for"
    yield "rent", same(data["rent"], reference["rent"]), "the rent differs"
    wrong = [key for key in reference if not same(data[key], reference[key])]
    yield "exact", not wrong, f"wrong: {', '.join(wrong)}"
