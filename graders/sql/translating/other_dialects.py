"""What sqlglot's translation to DuckDB gets wrong of dialects other than Postgres, as far as it is common.

    DAYOFWEEK(d) of MySQL, Spark, BigQuery      1 is Sunday; DuckDB's 0 is
    TIMESTAMPDIFF(MONTH, a, b) of MySQL         full months; DuckDB's date_diff counts the firsts of a month between
    7 / 2 of T-SQL, Trino, SQLite               3, not 3.5

Not covered: MySQL's and T-SQL's comparisons of texts ignore case; dates written as texts in SQLite.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from .postgres_numbers import number_text
from .postgres_outputs import add_dependent_columns
from .postgres_patterns import moment_text
from .query_types import copy_types, is_integer, qualified
from .rewriting import Rule, Rules, Unsupported, apply_rules, fill, fill_in

_MYSQL = frozenset({"mysql", "singlestore", "doris", "starrocks"})
_SPARK = frozenset({"spark", "spark2", "databricks", "hive"})
_TRINO = frozenset({"trino", "presto", "athena"})
_SUNDAY_IS_1 = _MYSQL | _SPARK | {"bigquery", "tsql", "fabric"}
_SNOWFLAKE_WORDS = {"MMMM": "FMMonth", "MON": "Mon", "DY": "Dy"}


def rewritten(
    tree: exp.Expr,
    dialect: str,
    schema: Mapping[str, Mapping[str, str]],
    keys: Mapping[str, Sequence[Sequence[str]]],
) -> exp.Expr:
    """The tree of a query in `dialect` so that sqlglot writes in DuckDB's what it means; Unsupported where it would not."""
    copy = qualified(tree, schema, dialect)
    copy_types(tree, copy)
    if dialect in _MYSQL:
        add_dependent_columns(tree, copy, keys)
    _refuse_patterns(tree, dialect)
    return apply_rules(tree, _rules(dialect))


def _rules(dialect: str) -> Rules:
    rules: dict[type[exp.Expr], Rule] = {exp.Cast: _cut_text, exp.TryCast: _cut_text}
    if Dialect.get_or_raise(dialect).TYPED_DIVISION:
        rules[exp.Div] = _whole_division
    if dialect in _SUNDAY_IS_1:
        rules |= {exp.DayOfWeek: _day_of_week, exp.Extract: _extract, exp.Week: _week}
    if dialect in _MYSQL | _SPARK:
        rules[exp.Anonymous] = _call
    if dialect in _MYSQL:
        rules |= {exp.TimestampDiff: _full_units, exp.Avg: _average_of_truths}
    if dialect in _TRINO:
        rules[exp.DateDiff] = _full_units
    if dialect == "bigquery":
        rules[exp.TimestampDiff] = _full_units
    if dialect in ("tsql", "fabric"):
        rules |= {
            exp.Add: _joined_texts,
            exp.Avg: _whole_average,
            exp.Convert: partial(cut_convert, write="duckdb", template="left(x, n)"),
            exp.DataType: _double,
        }
    if dialect in ("oracle", "snowflake"):
        rules[exp.ToChar] = partial(_to_char, dialect)
    return rules


def _whole_division(node: exp.Div) -> exp.Expr | None:
    whole = is_integer(node.left) and is_integer(node.right)
    return fill("a // b", a=node.left, b=node.right) if whole else None


def _cut_text(node: exp.Cast) -> exp.Expr | None:
    """VARCHAR(n) cuts a text, which DuckDB does not."""
    to: exp.DataType = node.args["to"]
    size = to.expressions[0].this if to.is_type(*exp.DataType.TEXT_TYPES) and to.expressions else None
    if not isinstance(size, exp.Literal):
        return None
    return fill("left(CAST(x AS TEXT), n)", x=node.this, n=size)


def cut_convert(node: exp.Convert, write: str, template: str) -> exp.Expr | None:
    """T-SQL's CONVERT(VARCHAR(10), d, 120) as `template`, of `write`, of a CONVERT without a length."""
    if not isinstance(node.this, exp.DataType) or not node.this.expressions:
        return None
    size = node.this.expressions[0].this
    text = node.copy()
    text.this.set("expressions", [])
    cuts = node.this.is_type(*exp.DataType.TEXT_TYPES) and isinstance(size, exp.Literal)
    return fill_in(write, template, x=text, n=size) if cuts else None


def _double(node: exp.DataType) -> None:
    """T-SQL's FLOAT has eight bytes."""
    if node.this == exp.DType.FLOAT:
        node.set("this", exp.DType.DOUBLE)


def _day_of_week(node: exp.DayOfWeek) -> exp.Expr:
    return fill("dayofweek(x) + 1", x=node.this)


def _extract(node: exp.Extract) -> exp.Expr | None:
    if node.name.upper() == "DAYOFWEEK":
        return fill("dayofweek(x) + 1", x=node.expression)
    if node.name.upper() == "WEEK":
        raise Unsupported("weeks that begin on Sunday")
    return None


def _week(node: exp.Week) -> exp.Expr | None:
    raise Unsupported("weeks that begin on Sunday")


def _call(node: exp.Anonymous) -> exp.Expr | None:
    """WEEKDAY: 0 is Monday; DuckDB's 0 is Sunday."""
    return fill("isodow(x) - 1", x=node.expressions[0]) if node.name.lower() == "weekday" else None


def _full_units(node: exp.TimestampDiff | exp.DateDiff) -> exp.Expr:
    unit = exp.Literal.string(node.text("unit").lower())
    return fill(
        "date_sub(u, CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP))", u=unit, a=node.expression, b=node.this
    )


def _average_of_truths(node: exp.Avg) -> exp.Expr | None:
    """AVG(status = 'done') is the share of true ones."""
    return fill("avg(CAST(x AS INT))", x=node.this) if node.this.is_type(exp.DType.BOOLEAN) else None


def _whole_average(node: exp.Avg) -> exp.Expr | None:
    """The average of integers is an integer."""
    if not is_integer(node.this):
        return None
    if isinstance(node.parent, exp.Window):
        raise Unsupported("an average of integers with OVER")
    return fill("CAST(trunc(avg(x)) AS BIGINT)", x=node.this)


def _joined_texts(node: exp.Add) -> exp.Expr | None:
    text = node.left.is_type(*exp.DataType.TEXT_TYPES) or node.right.is_type(*exp.DataType.TEXT_TYPES)
    return fill("a || b", a=node.left, b=node.right) if text else None


def _to_char(dialect: str, node: exp.ToChar) -> exp.Expr | None:
    """With Postgres's patterns, where those of the dialect mean the same."""
    pattern = node.args.get("format")
    if pattern is None:
        return None
    numeric = node.this.is_type(*exp.DataType.NUMERIC_TYPES)
    unknown = node.this.type is None or node.this.is_type(exp.DType.UNKNOWN)
    if not pattern.is_string or unknown or (dialect == "snowflake" and numeric):
        raise Unsupported("TO_CHAR of an unknown type, or with a pattern that is not a plain text")
    if numeric:
        return number_text(node.this, pattern.name)
    if re.search(r"FM|\bD\b", pattern.name):
        raise Unsupported(f"the pattern '{pattern.name}'")
    words = _SNOWFLAKE_WORDS if dialect == "snowflake" else {}
    text = re.sub(r"MMMM|MON|DY", lambda word: words.get(word[0].upper(), word[0]), pattern.name, flags=re.I)
    return moment_text(node.this, text)


def _refuse_patterns(tree: exp.Expr, dialect: str) -> None:
    """Patterns of letters in which sqlglot left some untranslated: 'yyyy-QQ'. Those of % signs may hold plain words."""
    if any(word.startswith("%") for word in Dialect.get_or_raise(dialect).TIME_MAPPING):
        return
    for node in tree.find_all(exp.TimeToStr, exp.StrToTime, exp.StrToDate, exp.StrToUnix):
        left = re.sub(r"%-?[A-Za-z%](-strict)?", "", node.text("format"))
        if re.search(r"[A-Za-z]{2}", left):
            raise Unsupported(f"the part '{left.strip()}' of a pattern has no counterpart")
