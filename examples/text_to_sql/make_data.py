"""Writes the example's data files: train.jsonl, expert.jsonl, validation.jsonl and heldout.jsonl.

Run from the project root: `python examples/text_to_sql/make_data.py`. The files come out byte for byte the same. No question
stands in two of them, and `pretraining_pairs` leaves out every one of their questions.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
from queries import Query, applicable, teach, write, write_expert
from questions import FAMILIES, RESERVED, Catalogue, Draw, Question, reserved

FOLDER = Path(__file__).parent
DATABASE = "examples/text_to_sql/bikeshare.sql"
MAX_ROWS = 12  # an answer that an expert would still write down
MAX_ATTEMPTS = 5_000  # for one question: a family may have fewer distinct ones than are asked for

TRAIN_FAMILIES = (*FAMILIES, "join_filter", "join_aggregate", "join_group")
EXPERT_FAMILIES = ("match", "having", "top", "join_aggregate", "join_group")
MAX_PER_TABLE, MAX_PER_JOIN = 3, 1  # an expert with few questions to give spreads them over the database
VALIDATION_PER_FAMILY = 8
HELDOUT_PER_FAMILY = 20
HELDOUT_PER_NEW_FAMILY = 30

Row = dict[str, object]
Rows = list[tuple[object, ...]]


def draw_questions(catalogue: Catalogue, seed: int = 11) -> dict[str, list[Question]]:
    """The questions of every data file by its name; all of them differ."""
    draw = Draw(random.Random(seed), catalogue)
    taken: set[str] = set()

    def pick(families: Iterable[str], spread: Counter[tuple[str, ...]] | None = None) -> list[Question]:
        return [_distinct(draw, family, taken, spread) for family in families]

    heldout = pick(family for family in FAMILIES for _ in range(HELDOUT_PER_FAMILY))
    heldout += pick(f"{family}_new" for family in RESERVED for _ in range(HELDOUT_PER_NEW_FAMILY))
    validation = pick(family for family in FAMILIES for _ in range(VALIDATION_PER_FAMILY))
    train, expert = pick(TRAIN_FAMILIES, Counter()), pick(EXPERT_FAMILIES, Counter())
    return {"train": train, "expert": expert, "validation": validation, "heldout": heldout}


def to_rows(name: str, questions: Sequence[Question], catalogue: Catalogue) -> list[Row]:
    """The rows of one data file, with the label that this file has (see README.md)."""
    counts: Counter[str] = Counter()
    rows: list[Row] = []
    for question in questions:
        family = question.family
        counts[family] += 1
        rows.append(
            {
                "id": f"{name}-{family}-{counts[family]}",
                "prompt": question.prompt,
                "family": family,
                "slice": "unseen" if family.endswith("_new") else "seen",
                "database": DATABASE,
                "ordered": question.query.order is not None,
                **_label(name, question.query, catalogue),
            }
        )
    return rows


def pretraining_pairs(count: int, forbidden: set[str], seed: int = 3) -> list[tuple[str, str]]:
    """(question, query of the imperfect teacher) pairs; none asks a forbidden question or has a reserved template."""
    draw = Draw(random.Random(seed), Catalogue())
    makers = list(FAMILIES.values())
    pairs: list[tuple[str, str]] = []
    for _ in range(2 * count):
        question = draw.rng.choice(makers)(draw)
        if question.prompt not in forbidden and not reserved(question):
            pairs.append((question.prompt, teach(question.query, draw.rng)))
        if len(pairs) == count:
            return pairs
    raise RuntimeError(
        f"only {len(pairs)} of {count} pairs in {2 * count} attempts: too many questions are forbidden"
    )


def committed_prompts(folder: Path = FOLDER) -> set[str]:
    """The questions of all committed data files."""
    files = sorted(folder.glob("*.jsonl"))
    return {
        json.loads(line)["prompt"] for file in files for line in file.read_text(encoding="utf-8").splitlines()
    }


def informative(question: Question, catalogue: Catalogue) -> bool:
    """Whether the right answer says something, is short, and every mistake the teacher can make gives another one."""
    query = question.query
    rows = catalogue.rows(write(query))
    if not 0 < len(rows) <= MAX_ROWS or _guessable(rows):
        return False
    if query.limit and not _clear_cut(query, catalogue):
        return False
    right = _comparable(rows, query)
    return all(
        _answer(write(query, frozenset({flaw})), query, catalogue) != right for flaw in applicable(query)
    )


def answer_rows(query: Query, catalogue: Catalogue) -> list[list[object]]:
    """The right answer as a domain expert would hand it over; sorted where the query asks for no order."""
    rows = plain(catalogue.rows(write(query)))
    return rows if query.order else sorted(rows, key=repr)


def plain(rows: Rows) -> list[list[object]]:
    """Rows as JSON can hold them: decimals become floats."""
    return [[float(value) if isinstance(value, Decimal) else value for value in row] for row in rows]


def _distinct(
    draw: Draw, family: str, taken: set[str], spread: Counter[tuple[str, ...]] | None = None
) -> Question:
    """A new question of the family; with `spread`, one about tables that the file has not used up yet."""
    name, new = family.removesuffix("_new"), family.endswith("_new")
    for _ in range(MAX_ATTEMPTS):
        question = FAMILIES[name](draw)
        tables = question.query.tables
        if spread is not None and spread[tables] >= (MAX_PER_JOIN if len(tables) > 1 else MAX_PER_TABLE):
            continue
        if question.prompt in taken or reserved(question) != new or not informative(question, draw.catalogue):
            continue
        taken.add(question.prompt)
        if spread is not None:
            spread[tables] += 1
        return replace(question, family=family)
    raise RuntimeError(f"family {family!r}: no further question in {MAX_ATTEMPTS} attempts; ask for fewer")


def _guessable(rows: Rows) -> bool:
    """Whether an answer that knows nothing (`SELECT 1`) is right."""
    return all(value in (0, 1, None) for row in rows for value in row)


def _clear_cut(query: Query, catalogue: Catalogue) -> bool:
    """Whether LIMIT cuts something off and no tie makes the order of the answer a matter of luck."""
    longer = replace(query, select=(query.order or "",), limit=(query.limit or 0) + 1)
    keys = catalogue.rows(write(longer))
    return len(keys) == longer.limit and len(set(keys)) == len(keys)


def _answer(sql: str, query: Query, catalogue: Catalogue) -> list[str] | None:
    try:
        return _comparable(catalogue.rows(sql), query)
    except duckdb.Error:
        return None


def _comparable(rows: Rows, query: Query) -> list[str]:
    texts = [repr(row) for row in plain(rows)]
    return texts if query.order else sorted(texts)


def _label(name: str, query: Query, catalogue: Catalogue) -> Row:
    if name in ("validation", "heldout"):
        return {"reference": write(query)}
    answer: Row = {"reference": answer_rows(query, catalogue)}
    return {**answer, "gold": write_expert(query)} if name == "expert" else answer


def to_jsonl(rows: Iterable[Row]) -> str:
    """One JSON object per line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    the_catalogue = Catalogue()
    for split, drawn in draw_questions(the_catalogue).items():
        text = to_jsonl(to_rows(split, drawn, the_catalogue))
        (FOLDER / f"{split}.jsonl").write_text(text, encoding="utf-8")
        print(f"wrote {split}.jsonl: {len(drawn)} rows")
