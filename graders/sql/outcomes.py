"""What an answer earned, apart from how the levels weigh it."""

from __future__ import annotations

from dataclasses import dataclass

from .answers import Failed, Ran, run_everywhere
from .comparing.verdicts import judge
from .engines.engine import Query, Refusal
from .engines.plain_queries import reads_one_of
from .golds import Gold
from .linking import Use, schema_use, text_use
from .references import Task
from .settings import Settings

MAX_KEPT = 512
STEEPNESS = 2
"""The share of the right rows is squared: half of them is easily had (the first row, each row twice), the last ones are not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """refused, unbound, failed, wrong: why the answer got no further than this, "" where it did. note: what was rewritten.
    linked, rows: shares from 0 to 1."""

    refused: str = ""
    unbound: str = ""
    note: str = ""
    linked: float = 0.0
    failed: str = ""
    rows: float = 0.0
    wrong: str = ""


def outcome_of(sql: str, task: Task, settings: Settings) -> Outcome:
    """The outcome of an answer; the same text is run once."""
    kept = task.outcomes.get(sql)
    if not isinstance(kept, Outcome):
        kept = _outcome(sql, task, settings)
        if not task.database.is_alive():
            return kept
        if len(task.outcomes) >= MAX_KEPT:
            task.outcomes.clear()
        task.outcomes[sql] = kept
    return kept


def _outcome(sql: str, task: Task, settings: Settings) -> Outcome:
    ran = run_everywhere(sql, task.database, task.instances, settings.dialect, advise=False)
    if isinstance(ran, Refusal):
        return Outcome(refused=ran.why)
    note = f"rewritten from {settings.dialect}: {'; '.join(ran.notes)}" if ran.notes else ""
    if isinstance(ran, Failed):
        if ran.failure.kind == "unbound":
            return Outcome(unbound=ran.failure.why)
        return Outcome(note=note, linked=_linked(*_uses(ran.query, task), task), failed=ran.failure.why)
    for gold in task.golds:
        if judge(gold.expected, ran.tables).exact and not (gold.is_constant and _unread(gold, ran.query)):
            return Outcome(note=note, linked=1.0, rows=1.0)
    return _wrong(ran, task, note)


def _wrong(ran: Ran, task: Task, note: str) -> Outcome:
    use, text = _uses(ran.query, task)
    tables = use.tables | text.tables
    shares = [gold.share(ran.tables) * gold.reads(tables) for gold in task.golds]
    best = max(range(len(shares)), key=shares.__getitem__)
    gold = task.golds[best]
    why = gold.unread(tables) if gold.is_constant or not tables else ""
    wrong = why or judge(gold.expected, ran.tables, task.labels).why
    return Outcome(
        note=note,
        linked=_linked(use, text, task),
        rows=0.0 if why else shares[best] ** STEEPNESS,
        wrong=wrong,
    )


def _uses(query: Query, task: Task) -> tuple[Use, Use]:
    """What a query uses of the schema, resolved and read off its text; nothing where sqlglot cannot read it."""
    if query.tree is None:
        return Use(frozenset(), frozenset()), Use(frozenset(), frozenset(), resolved=False)
    return schema_use(query.tree, task.database.schema), text_use(query.tree)


def _linked(use: Use, text: Use, task: Task) -> float:
    return max(gold.linked(use, text) for gold in task.golds)


def _unread(gold: Gold, query: Query) -> str:
    if any(gold.tells) and gold.use is not None and reads_one_of(query.sql, gold.use.tables):
        return ""
    return gold.unread(text_use(query.tree).tables) if query.tree is not None else ""
