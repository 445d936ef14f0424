"""The types of a Postgres query's parts, where sqlglot's own rules would lead a translation astray.

`count(*) / 2` is an integer in Postgres and `extract(year FROM d) / 2` is not; `d1 - d2` is a number of days, `t1 - t2` an interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

POSTGRES_FAMILY = frozenset({"postgres", "redshift", "materialize", "risingwave"})

MARK = "pg_"
"""Stands before the names of functions whose arguments sqlglot would lose: `pg_to_char` is Postgres's to_char."""

_D = exp.DType
_Annotate = Callable[[Any, Any], exp.Expr]
MOMENTS = frozenset(exp.DataType.TEMPORAL_TYPES) - {_D.TIME, _D.TIMETZ}
_CALLS = {
    _D.INTERVAL: ("age", f"{MARK}make_interval"),
    _D.DATE: ("make_date", f"{MARK}to_date"),
    _D.TIMESTAMP: ("make_timestamp", f"{MARK}to_timestamp", f"{MARK}date_bin", f"{MARK}now"),
    _D.DOUBLE: (f"{MARK}date_part",),
    _D.DECIMAL: ("div", f"{MARK}to_number"),
    _D.INT: ("cardinality",),
    _D.TEXT: (f"{MARK}to_char",),
}
_RESULTS = {name: kind for kind, names in _CALLS.items() for name in names}


def postgres_types() -> dict[type[exp.Expr], dict[str, Any]]:
    """sqlglot's rules for Postgres with those that differ from Postgres 15's own put right."""
    rules: dict[type[exp.Expr], dict[str, Any]] = {**Dialect.get_or_raise("postgres").EXPRESSION_METADATA}
    rules[exp.Extract] = {"returns": _D.DECIMAL}
    own: dict[type[exp.Expr], _Annotate] = {
        exp.Sub: _difference,
        exp.Add: _addition,
        exp.Sum: _sum,
        exp.Avg: _average,
        exp.Round: _round,
        exp.Trunc: _round,
        exp.TimestampTrunc: _truncation,
        exp.Literal: _literal,
        exp.Anonymous: _call,
    }
    return {**rules, **{kind: {"annotator": annotator} for kind, annotator in own.items()}}


def _difference(annotator: Any, node: exp.Sub) -> exp.Expr:
    left, right = _of(node.left), _of(node.right)
    left, right = (right if node.left.is_string else left), (left if node.right.is_string else right)
    if left == right == _D.DATE:
        return _set(annotator, node, _D.INT)
    if (left in MOMENTS and right in MOMENTS) or left == right == _D.TIME:
        return _set(annotator, node, _D.INTERVAL)
    return _shifted(annotator, node, left, right)


def _addition(annotator: Any, node: exp.Add) -> exp.Expr:
    return _shifted(annotator, node, _of(node.left), _of(node.right))


def _shifted(annotator: Any, node: exp.Binary, left: exp.DType, right: exp.DType) -> exp.Expr:
    """A moment moved by an interval, a time or a number of days; else what sqlglot says."""
    moment, by = (left, right) if left in MOMENTS else (right, left)
    if moment in MOMENTS and by in (_D.INTERVAL, _D.TIME):
        return _set(annotator, node, _D.TIMESTAMP if moment == _D.DATE else moment)
    if moment == _D.DATE and by in exp.DataType.INTEGER_TYPES:
        return _set(annotator, node, _D.DATE)
    typed: exp.Expr = annotator._annotate_binary(node)
    return typed


def _sum(annotator: Any, node: exp.Sum) -> exp.Expr:
    """Postgres sums bigint to numeric, smaller integers to bigint."""
    kind = _of(node.this)
    if kind in (_D.INT, _D.SMALLINT, _D.TINYINT):
        return _set(annotator, node, _D.BIGINT)
    return _set(annotator, node, _D.DECIMAL if kind == _D.BIGINT else kind)


def _average(annotator: Any, node: exp.Avg) -> exp.Expr:
    kind = _of(node.this)
    exact = kind in exp.DataType.INTEGER_TYPES or kind == _D.DECIMAL
    return _set(annotator, node, _D.DECIMAL if exact else kind)


def _round(annotator: Any, node: exp.Func) -> exp.Expr:
    """round(numeric) is numeric; of an integer it is double precision, as is that of a double."""
    exact = _of(node.this) == _D.DECIMAL or bool(node.args.get("decimals"))
    return _set(annotator, node, _D.DECIMAL if exact else _D.DOUBLE)


def _truncation(annotator: Any, node: exp.TimestampTrunc) -> exp.Expr:
    return _set(annotator, node, _D.INTERVAL if _of(node.this) == _D.INTERVAL else _D.TIMESTAMP)


def _literal(annotator: Any, node: exp.Literal) -> exp.Expr:
    """2.5 is numeric, not double precision."""
    if not node.is_string and not node.is_int:
        return _set(annotator, node, _D.DECIMAL)
    typed: exp.Expr = annotator._annotate_literal(node)
    return typed


def _call(annotator: Any, node: exp.Anonymous) -> exp.Expr:
    return _set(annotator, node, _RESULTS.get(node.name.lower(), _D.UNKNOWN))


def _set(annotator: Any, node: exp.Expr, kind: exp.DType) -> exp.Expr:
    annotator._set_type(node, kind)
    return node


def _of(node: exp.Expr) -> exp.DType:
    kind: exp.DType = node.type.this if node.type else _D.UNKNOWN
    return kind
