"""Which answers the cost is measured on: golds as they are, golds with one edit (wrong), and a whole step of 64 completions."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import sqlglot
from sqlglot import exp

from rewardkit import Item, Scorer, Unscored
from rewardkit.graders.sql import text_to_sql
from rewardkit.graders.sql.engines.engine import Query, Table
from rewardkit.graders.sql.engines.opening import open_database
from rewardkit.graders.sql.instances.mutants import mutants_of
from rewardkit.graders.sql.references import task_of
from rewardkit.graders.sql.settings import Settings

from .cost import Answer, cost
from .golds import Gold

LIMITS = {"duckdb": 1.5, "sqlite": 2.0}
STEP_SECONDS = 0.3
STEP = 64
_SHOP = (
    "SELECT name FROM customers WHERE country = 'Peru'",
    "SELECT country, count(*) FROM customers GROUP BY country",
    "SELECT c.name, sum(o.total) FROM customers c JOIN orders o USING (customer_id) GROUP BY c.name",
    "SELECT title, price FROM products WHERE category = 'kitchen' ORDER BY price",
)


def measure(golds: Sequence[Gold], show: Callable[[str], None]) -> dict[str, Any]:
    """Ours beside the bare engine, for both engines, at one instance and at the default number of them; and one step of 64."""
    figures: dict[str, Any] = {}
    for engine in LIMITS:
        right = _usable(golds, engine)
        wrong = _mutated(right, engine)
        for instances in ("given", "auto"):
            for kind, answers in (("right", right), ("wrong", wrong)):
                figure = cost(answers, {"engine": engine, "instances": instances})
                figures[f"{engine} {instances} {kind}"] = figure
                show(
                    f"{engine} {instances:5} {kind}: "
                    + ", ".join(f"{name} {value:,.2f}" for name, value in figure.items())
                )
    figures["step_seconds"] = _step()
    show(f"a step of {STEP} completions, {STEP} different texts, 2 workers: {figures['step_seconds']:.3f} s")
    return {**figures, "missed": _missed(figures)}


def _usable(golds: Sequence[Gold], engine: str) -> list[Answer]:
    """Golds that can be graded by this engine; for SQLite as sqlglot translates them, on the same rows."""
    answers = []
    for gold in golds:
        sql, database = (gold.sql, gold.database) if engine == "duckdb" else _for_sqlite(gold)
        try:
            task_of(sql, open_database(database, engine=engine), Settings(engine=engine))
        except Unscored:
            continue
        answers.append(Answer(sql, sql, database))
    return answers


def _for_sqlite(gold: Gold) -> tuple[str, str]:
    """The gold in SQLite's dialect, and its database as tables in JSON."""
    given = open_database(gold.database)
    tables = {
        name: {"columns": [column.name for column in table.columns], "rows": given.rows_of(name, 1_000)}
        for name, table in given.schema.tables.items()
        if not table.view
    }
    try:
        tree = sqlglot.parse_one(gold.sql, dialect="duckdb")
        for table in tree.find_all(exp.Table):
            table.set("db", None)
        return tree.sql(dialect="sqlite"), json.dumps(tables)
    except sqlglot.errors.SqlglotError:
        return gold.sql, json.dumps(tables)


def _mutated(answers: Sequence[Answer], engine: str) -> list[Answer]:
    """One wrong answer for each that runs."""
    found = []
    for answer in answers:
        database = open_database(answer.database, engine=engine)
        query = database.read(answer.sql)
        if not isinstance(query, Query) or query.tree is None:
            continue
        for mutant in mutants_of(query.tree, database.schema, database.engine, most=8, seed=answer.sql):
            other = database.read(mutant.sql)
            if isinstance(other, Query) and isinstance(database.run(other), Table):
                found.append(Answer(mutant.sql, answer.gold, answer.database))
                break
    return found


def _step() -> float:
    """Wall seconds of a warm step: 8 prompts, 8 completions each, every text another one."""
    rng = random.Random(0)
    with Scorer(workers=2) as scorer:
        scorer.score(text_to_sql, _items(rng))
        times = []
        for _ in range(5):
            items = _items(rng)
            start = time.perf_counter()
            scorer.score(text_to_sql, items, fresh=True)
            times.append(time.perf_counter() - start)
    return min(times)


def _items(rng: random.Random) -> list[Item]:
    items = []
    for number in range(STEP):
        gold = _SHOP[number % len(_SHOP)]
        edited = (
            gold
            if number % 3
            else gold.replace("country", "name").replace("sum", "max").replace("price", "title")
        )
        spread = edited.replace(" ", " " * rng.randrange(1, 200), 1).replace(
            " FROM", " " * rng.randrange(1, 200) + "FROM", 1
        )
        items.append(Item(f"Here it is:\n```sql\n{spread}\n```", {"reference": gold, "database": "shop.sql"}))
    return items


def _missed(figures: dict[str, Any]) -> list[str]:
    missed = ["step"] if figures["step_seconds"] >= STEP_SECONDS else []
    for engine, limit in LIMITS.items():
        ratio = "ratio_with_parse" if engine == "sqlite" else "ratio"
        missed += [
            name
            for name in figures
            if name.startswith(engine) and name.endswith("right") and figures[name][ratio] > limit
        ]
    return missed
