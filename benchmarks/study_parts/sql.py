"""Text-to-SQL: the generator, database, grader and imperfect teacher of examples/text_to_sql, with more questions than the example has."""

from __future__ import annotations

import json
import random
import sys
from typing import Any, ClassVar

from .tasks import GRADERS, ROOT, Pair, Question, Task

EXAMPLE = ROOT / "examples" / "text_to_sql"
MOST_OF_A_KIND = 180
ATTEMPTS = 1_500  # without a new question before a kind is taken to have no more

HARM = {  # times the example's FLAWS, and the most that a rate may be
    "usual": (1.0, 1.0),
    "more": (1.15, 0.8),
}
NEARLY_ALWAYS = {
    "old_table": 0.88,
    "double_quotes": 0.9,
    "top": 0.9,
    "own_key": 0.9,
    "no_where": 0.3,
    "no_group": 0.8,
    "where_for_having": 0.85,
    "no_direction": 0.8,
    "or_equal": 0.7,
    "other_aggregate": 0.6,
    "star": 0.6,
}


class TextToSql(Task):
    """Labels are the answer's rows. Hands: the base's own SQL, the expert's (lower case, aliases, join ... on), and the bare rows as JSON."""

    name = "sql"
    few_kinds = ("count", "top", "join_aggregate")
    completion_tokens = 64
    graders: ClassVar = {
        "partial": f"{GRADERS}:query",
        "exact": f"{GRADERS}:query_exact",
        "form": f"{GRADERS}:query_by_form",
        "bare": f"{GRADERS}:rows_alone",
    }

    def draw(self) -> list[Question]:
        make, asked = _module("make_data"), _module("questions")
        catalogue = asked.Catalogue()
        draw = asked.Draw(random.Random(2026), catalogue)
        taken: set[str] = make.committed_prompts()
        found: list[Question] = []
        for family in asked.FAMILIES:
            found += [_question(one, catalogue) for one in _distinct(draw, family, taken)]
        return found

    def pairs(self, count: int, seed: int, harm: str, forbidden: set[str]) -> list[Pair]:
        make, asked = _module("make_data"), _module("questions")
        forbidden = forbidden | make.committed_prompts()
        draw = asked.Draw(random.Random(seed), asked.Catalogue())
        makers = list(asked.FAMILIES.values())
        pairs: list[Pair] = []
        while len(pairs) < count:
            one = draw.rng.choice(makers)(draw)
            if one.prompt not in forbidden and not asked.reserved(one):
                pairs.append((one.prompt, _teach(one.query, draw.rng, harm)))
        return pairs


def _distinct(draw: Any, family: str, taken: set[str]) -> list[Any]:
    make, asked = _module("make_data"), _module("questions")
    found: list[Any] = []
    failed = 0
    while len(found) < MOST_OF_A_KIND and failed < ATTEMPTS:
        one = asked.FAMILIES[family](draw)
        if one.prompt in taken or asked.reserved(one) or not make.informative(one, draw.catalogue):
            failed += 1
            continue
        failed = 0
        taken.add(one.prompt)
        found.append(one)
    return found


def _question(one: Any, catalogue: Any) -> Question:
    make, queries = _module("make_data"), _module("queries")
    rows = make.answer_rows(one.query, catalogue)
    golds = {
        "own": queries.write(one.query),
        "expert": queries.write_expert(one.query),
        "answer": json.dumps(rows, separators=(",", ":")),
    }
    columns = {"database": "examples/text_to_sql/bikeshare.sql", "ordered": one.query.order is not None}
    return Question(one.prompt, one.family, rows, golds, columns)


def _teach(query: Any, rng: random.Random, harm: str) -> str:
    queries = _module("queries")
    care = queries.CARE[query.tables[0]]
    if harm in HARM:
        times, most = HARM[harm]
        rates = {flaw: min(most, care * times * rate) for flaw, rate in queries.FLAWS.items()}
    else:
        rates = NEARLY_ALWAYS
    made = frozenset(flaw for flaw in queries.applicable(query) if rng.random() < rates[flaw])
    return str(queries.write(query, made))


def _module(name: str) -> Any:
    """A module of the example, whose folder a user has in front of the import path."""
    if str(EXAMPLE) not in sys.path:
        sys.path.append(str(EXAMPLE))
    return __import__(name)
