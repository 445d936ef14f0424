"""Ledger questions in SQL: the query is run on a small copy of the books and its rows are compared."""

import re
import sqlite3

from rewardkit import case, preparing, reward

BOOKS = """
create table entries (id integer primary key, account text, day text, cents integer);
insert into entries (account, day, cents) values
 ('rent', '2024-01-02', -90000), ('sales', '2024-01-03', 125000), ('sales', '2024-01-03', 40000),
 ('power', '2024-01-09', -7300), ('sales', '2024-02-01', 40000), ('rent', '2024-02-02', -90000),
 ('bank', '2024-02-05', -450), ('power', '2024-02-09', -8100), ('bank', '2024-03-05', -450);
"""
FENCE = re.compile(r"```(?:sql)?[ \t]*\n(.*?)```", re.DOTALL | re.IGNORECASE)


def rows_of(query: str) -> list[tuple]:
    books = sqlite3.connect(":memory:")
    try:
        books.executescript(BOOKS)
        return books.execute(query).fetchmany(10_000)
    finally:
        books.close()


@case(
    "select account from entries order by cents desc limit 1",
    reference="SELECT account FROM entries ORDER BY cents DESC LIMIT 1",
    expect=1,
)
@case("select 1", reference="SELECT day FROM entries WHERE account = 'rent' ORDER BY day", expect=0)
@case("select amount from entries", reference="SELECT cents FROM entries WHERE account = 'bank'", expect=0)
@case("I cannot tell.", reference="SELECT COUNT(*) FROM entries", expect=0)
@reward(answer="sql", runs_completion=True, timeout=5)
def ledger_rows(completion: str, reference: str) -> bool:
    """Full marks when the query returns the rows of the bookkeeper's query."""
    with preparing():
        wanted = rows_of(reference)
    fenced = FENCE.search(completion)
    query = (fenced.group(1) if fenced else completion).strip()
    try:
        rows = rows_of(query)
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError):
        return False
    return set(rows) == set(wanted)
