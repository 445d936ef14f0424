"""Answers that would take all the time or memory there is, in worker processes: refused, ended by the query's limit of 2 s, or by the deadline.

Each is scored before the deadline and half a second, and the answer after it is graded as if nothing had been.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stopwatch import QUIET, within

from rewardkit import Item, Score, Scorer
from rewardkit.graders.sql import sql_grader

TIMEOUT = 6.0
HURRIED = sql_grader(timeout=TIMEOUT)
PEOPLE = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, pay DECIMAL(10, 2));
INSERT INTO people VALUES (1, 'Ann', 'Oslo', 10.50), (2, 'Bob', 'Rome', 20.00), (3, 'Cyd', 'Oslo', 20.00), (4, 'Dee', NULL, 5.25);
"""
GOLD = "SELECT city, count(*) AS n FROM people GROUP BY city ORDER BY n DESC"


@pytest.fixture(scope="module")
def people_sql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("runaways")
    (folder / "people.sql").write_text(PEOPLE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield str(folder / "people.sql")


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(workers=1) as scorer:
        yield scorer


def score(scorer: Scorer, people: str, completions: list[str], engine: str = "duckdb") -> list[Score]:
    columns = {"reference": GOLD, "database": people, "engine": engine}
    return scorer.score(HURRIED, [Item(text, columns) for text in completions], fresh=True)


def nested(call: str, depth: int, start: str) -> str:
    for _ in range(depth):
        start = call.format(start)
    return start


MANY = "range(1000000) a, range(1000000) b"
NUMBERS = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r)"
BRACKETS = "repeat('[', 49000) || repeat(']', 49000)"

REFUSED = {
    "one long text": ["repeat('x', 2000000000)", "repeat('x', 400000000)", "lpad('x', 2000000000, 'y')", "printf('%2000000000d', 1)",
                      "format('{:2000000000d}', 1)", "bitstring('1', 2000000000)", "md5(repeat('x', 2000000000))"],
    "texts of texts": [nested("replace({}, 'x', 'xxxxxxxxxx')", 8, "'x'"), "concat(" + ", ".join(["repeat(name, 900)"] * 9) + ")",
                       " || ".join(["repeat('x', 1000000)"] * 300), "json_valid(repeat('[', 50000000))"],
    "the square of a length": ["levenshtein(repeat('x', 200000), 'y')", "levenshtein(repeat('x', 90000), 'y')", "regexp_matches(repeat('a', 20000), 'a{1,900}b')",
                               "damerau_levenshtein(repeat('ab', 4000), 'y')", "levenshtein(string_agg(name, ''), 'y')"],
    "long lists": ["list_reduce(range(100000000), lambda a, b: a + b)", "len(range(10000 * 10000))", "len(range(2 ** 40))",
                   "len(range(TIMESTAMP '2000-01-01', TIMESTAMP '2000-01-02', INTERVAL 1 MICROSECOND))",
                   "list_transform(range(90000), lambda i: repeat(name, 900))"],
    "deep JSON, which crashes DuckDB as a VARIANT": [f"({BRACKETS})::JSON::VARIANT"],
    "calls that sqlglot reads again and again": [nested("date({})", 30, "'2024-01-01'"), nested("ARRAY[{}]", 30, "1"), "[1]" + "[1]" * 900,
                                                 "name" + ".lower()" * 900],
    "many literals": ["1 IN (" + ",".join(["1"] * 200_000) + ")", "1 IN (" + ",".join(["1"] * 2_000) + ")", "- " * 4_000 + "1"],
}  # fmt: skip
REFUSED_QUERIES = {
    "columns of columns": nested("SELECT *, *, *, * FROM ({}) t", 10, "SELECT * FROM people"),
    "columns of WITH": "WITH a0 AS (SELECT * FROM people)" + "".join(f", a{i} AS (SELECT * FROM a{i - 1} x, a{i - 1} y)" for i in range(1, 20)) + " SELECT * FROM a19",
    "correlated subqueries": "SELECT id FROM people p WHERE " + " AND ".join(f"EXISTS (SELECT 1 FROM people q WHERE q.id <> p.id + {i})" for i in range(60)),
    "LATERAL": "SELECT * FROM people p0" + "".join(f", LATERAL (SELECT p{i - 1}.id + 1 AS id) p{i}" for i in range(1, 90)),
    "150-way": "SELECT count(*) FROM " + ", ".join(f"people t{i}" for i in range(150)),
    "two hundred thousand literals": "SELECT * FROM people WHERE id IN (" + ",".join(map(str, range(200_000))) + ")",
}  # fmt: skip


@pytest.mark.timed
@pytest.mark.parametrize(
    "sql",
    [f"SELECT {expression} FROM people" for group in REFUSED.values() for expression in group] + list(REFUSED_QUERIES.values()),
)  # fmt: skip
def test_what_nothing_can_interrupt_is_refused_at_once(scorer: Scorer, people_sql: str, sql: str) -> None:
    score(scorer, people_sql, [GOLD])
    with within(1.5):
        runaway, right = score(scorer, people_sql, [sql, GOLD])
    assert (runaway.value, runaway.cause, right.value) == (0.0, None, 1.0)


FLOODS = {
    "a million rows": "SELECT i FROM range(1000000) t(i)",
    "a thousand columns": "SELECT " + ", ".join(["NULL"] * 1_000) + " FROM range(9999)",
    "long texts": "SELECT repeat('x', 90000) || i FROM range(9999) t(i)",
    "long lists": "SELECT range(9000) FROM range(300)",
    "one long text": "SELECT string_agg(repeat('x', 900), '') FROM range(100000)",
    "every combination": "SELECT * FROM people a, people b, people c, people d, people e, people f, people g",
}


@pytest.mark.timed
def test_a_flood_of_cells_is_dammed(scorer: Scorer, people_sql: str) -> None:
    score(scorer, people_sql, [GOLD])
    with within(2.5):
        *floods, right = score(scorer, people_sql, [*FLOODS.values(), GOLD])
    assert [(flood.cause, flood.component("rows").value) for flood in floods] == [(None, 0.0)] * len(FLOODS)
    assert max(flood.value or 0 for flood in floods) <= 0.12
    assert right.value == 1.0


BOUNDED = {
    "endless recursion": f"{NUMBERS} SELECT count(*) FROM r",
    "doubling recursion": "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT a.x + 1 FROM r a, r b) SELECT count(*) FROM r",
    "doubling text": "WITH RECURSIVE r AS (SELECT name AS s FROM people UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r",
    "doubling parts": "WITH a0 AS (SELECT 1 AS x)" + "".join(f", a{i} AS (SELECT x FROM a{i - 1} UNION ALL SELECT x FROM a{i - 1})" for i in range(1, 40)) + " SELECT count(*) FROM a39",
    "cross join": f"SELECT count(*) FROM {MANY} WHERE hash(a.range, b.range) = 3",
    "unnest": "SELECT count(*) FROM unnest(range(99999)) a(x), unnest(range(99999)) b(y) WHERE hash(x, y) = 3",
    "sort": f"SELECT max(x) FROM (SELECT a.range AS x FROM {MANY} ORDER BY hash(a.range, b.range) LIMIT 9 OFFSET 500000)",
    "aggregate": f"SELECT count(*) FROM (SELECT DISTINCT hash(a.range, b.range) FROM {MANY})",
    "window": f"SELECT max(x) FROM (SELECT row_number() OVER (ORDER BY hash(a.range, b.range)) AS x FROM {MANY})",
    "30-way": "SELECT count(*) FROM people t0 " + " ".join(f"JOIN people t{i} ON t{i}.id <> t{i - 1}.id" for i in range(1, 30)),
    "60-way": "SELECT count(*) FROM " + ", ".join(f"people t{i}" for i in range(60)),
    "string_agg": f"SELECT length(string_agg(a.range || '-' || b.range, ',')) FROM {MANY}",
    "list": f"SELECT len(list(a.range)) FROM {MANY}",
    "nested lambda": "SELECT count(list_transform(range(300), lambda x: list_sum(list_transform(range(300), lambda y: x * y + i)))) FROM range(1000000) t(i)",
    "regex": f"SELECT count(*) FROM {MANY} WHERE regexp_matches(a.range || 'x' || b.range, '(1|2)*x(3|4)+$')",
    "2,000 x repeat": "SELECT " + ", ".join(["repeat('x', 99999)"] * 400) + " FROM range(9999)",
}  # fmt: skip
ON_SQLITE = {
    "endless recursion": f"{NUMBERS} SELECT count(*) FROM r",
    "sort": f"{NUMBERS} SELECT i FROM r ORDER BY -i",
    "group_concat": f"{NUMBERS} SELECT length(group_concat(i)) FROM r",
    "cross join": "SELECT count(*) FROM " + ", ".join(f"people t{i}" for i in range(60)),
    "long text": "SELECT length(printf('%2000000000d', 1)), zeroblob(2000000000) FROM people",
    "calls that sqlglot reads again and again": "SELECT "
    + nested("date({})", 30, "'2024-01-01'")
    + " FROM people",
    "a flood of cells": f"{NUMBERS} SELECT " + ", ".join(["i"] * 400) + " FROM r LIMIT 9999",
}


@pytest.mark.slow
@pytest.mark.timed
@pytest.mark.parametrize(
    ("engine", "remainder"),
    [
        ("duckdb", 0),
        ("sqlite", 0),
        *(pytest.param("duckdb", rest, marks=pytest.mark.soak) for rest in (1, 2)),
        *(pytest.param("sqlite", rest, marks=pytest.mark.soak) for rest in (1, 2)),
    ],
)
def test_a_runaway_ends_with_the_querys_limit_on_the_first_instance(
    scorer: Scorer, people_sql: str, engine: str, remainder: int
) -> None:
    runaways = dict(list((BOUNDED if engine == "duckdb" else ON_SQLITE).items())[remainder::3])
    score(scorer, people_sql, [GOLD], engine)
    too_late = []
    for name, sql in runaways.items():
        with within(TIMEOUT + 0.5, name):
            runaway, right = score(scorer, people_sql, [sql, GOLD], engine)
        # Six instances at 2 s each would take twelve: the deadline would end them, and be the cause.
        assert runaway.cause in (None, "timeout"), name
        too_late += [name] * (runaway.cause is not None)
        assert runaway.value in (0.0, 0.05), name
        assert right.value == 1.0, name
    assert len(too_late) <= (0 if QUIET else 1), too_late  # a busy machine may let one go on beyond its limit


BEYOND = {
    # Between two looks at the clock DuckDB works off 2,048 rows: here a second's work for each of sixty columns.
    "many costly columns": "SELECT " + ", ".join(f"sum(strpos(repeat('a', 50000) || i, repeat('a', 25000) || 'b{k}'))" for k in range(60)) + " FROM range(2048) t(i)",
    "a holistic window": "SELECT max(m) FROM (SELECT mode(i) OVER (ORDER BY i ROWS BETWEEN 50000 PRECEDING AND 50000 FOLLOWING EXCLUDE TIES) AS m FROM range(1000000) t(i))",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timed
@pytest.mark.parametrize(
    "name", ["a holistic window", pytest.param("many costly columns", marks=pytest.mark.soak)]
)
def test_the_deadline_ends_what_the_querys_limit_does_not(scorer: Scorer, people_sql: str, name: str) -> None:
    score(scorer, people_sql, [GOLD])
    with within(TIMEOUT + 0.5, name):
        (runaway,) = score(scorer, people_sql, [BEYOND[name]])
    assert (runaway.value, runaway.cause) == (0.0, "timeout")
    assert score(scorer, people_sql, [GOLD])[0].value == 1.0


def test_nothing_is_left_in_the_folder(people_sql: str) -> None:
    folder = Path(people_sql).parent
    assert {path.name for path in folder.iterdir()} <= {"people.sql", ".rewardkit"}
