"""What a gold query tells about data that would put it to the test: which constants meet which column, what is joined, what is counted.

SELECT name FROM people p JOIN visits v ON v.person = p.id WHERE city = 'Oslo' AND at >= CURRENT_DATE - INTERVAL '7 days'
constants   people.city: 'Oslo'    visits.at: 2024-08-07 (evaluated by the engine)
joins       visits.person = people.id
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlglot import exp

from .comparisons import Evaluate, gaps_of, singles_of
from .lineage import Place, Scoped, tables_read

_CLOCKS = (
    exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentDatetime, exp.Localtime, exp.Localtimestamp,
)  # fmt: skip
_CLOCK_NAMES = frozenset({"now", "today", "current_date", "get_current_timestamp", "transaction_timestamp"})
_EDGES = (
    exp.Query, exp.Where, exp.Having, exp.Join, exp.Limit, exp.Offset, exp.Order, exp.Ordered, exp.Group, exp.From, exp.Alias,
    exp.Window, exp.And, exp.Or, exp.DataType,
)  # fmt: skip
MAX_CONSTANTS = 60


@dataclass(slots=True)
class Hints:
    """constants: by column, values it is compared or combined with; patterns: LIKE patterns by column; joins: pairs of columns set equal;
    counts: thresholds that counts of rows are compared with; totals: columns whose aggregates are compared, with the value;
    gaps: pairs of columns that are compared, and how far apart they may be, in days or units; singles: columns by which a subquery that
    may give one row only finds it; absent: columns that it asks whether they are NULL; used: every column the query reads; tables: every table, also one whose rows are only counted; recent: whether it reads the clock."""

    constants: dict[Place, list[object]] = field(default_factory=lambda: defaultdict(list))
    patterns: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    joins: list[tuple[Place, Place]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    totals: dict[Place, list[float]] = field(default_factory=lambda: defaultdict(list))
    gaps: list[tuple[Place, Place, tuple[float, ...]]] = field(default_factory=list)
    singles: set[Place] = field(default_factory=set)
    absent: set[Place] = field(default_factory=set)
    used: set[Place] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    recent: bool = False

    def constants_beside(self, place: Place) -> list[str]:
        """The texts that other columns of the table are compared with: what a query that mixes the two up asks for."""
        return [
            constant
            for (table, column), constants in self.constants.items()
            if table == place[0] and column != place[1]
            for constant in constants
            if isinstance(constant, str)
        ]


def hints_of(query: Scoped, evaluate: Evaluate) -> Hints:
    """Read the hints off a query whose columns are resolved."""
    hints = Hints(tables=tables_read(query.tree, query.schema))
    for column in query.tree.find_all(exp.Column):
        hints.used |= query.places(column, query.scope_of(column))
    for node in list(query.tree.find_all(exp.EQ, exp.In)):
        _note_join(node, query, hints)
    for test in query.tree.find_all(exp.Is, exp.Coalesce):
        _note_absence(test, query, hints)
    seen: set[int] = set()
    for leaf in [node for node in query.tree.walk() if _is_leaf(node)]:
        constant = _widest_constant(leaf)
        if id(constant) not in seen and len(seen) < MAX_CONSTANTS:
            seen.add(id(constant))
            _note_constant(constant, query, hints, evaluate)
    hints.gaps += gaps_of(query, evaluate)
    hints.singles |= {
        place for place in singles_of(query) if hints.constants.get(place) or hints.patterns.get(place)
    }
    hints.recent = any(map(_reads_clock, query.tree.walk()))
    return hints


def _is_leaf(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal | exp.Boolean) or (
        _reads_clock(node) and not isinstance(node, exp.Column)
    )


def _reads_clock(node: exp.Expr) -> bool:
    if isinstance(node, exp.Literal):
        return node.is_string and node.name.lower() == "now"  # SQLite's date('now')
    return isinstance(node, _CLOCKS) or (
        isinstance(node, exp.Anonymous | exp.Column) and node.name.lower() in _CLOCK_NAMES
    )


def _note_join(node: exp.Expr, query: Scoped, hints: Hints) -> None:
    left, right = node.this, node.expression if isinstance(node, exp.EQ) else None
    if isinstance(node, exp.In):
        inner = node.args.get("query")
        inner = inner.this if isinstance(inner, exp.Subquery) else inner
        right = inner.selects[0].unalias() if isinstance(inner, exp.Select) and inner.selects else None
    left, right = _bare(left), _bare(right)
    if not (isinstance(left, exp.Column) and isinstance(right, exp.Column)):
        return
    for a in sorted(query.places(left, query.scope_of(left))):
        for b in sorted(query.places(right, query.scope_of(right))):
            if a != b:
                hints.joins.append((a, b))


def _note_absence(test: exp.Expr, query: Scoped, hints: Hints) -> None:
    """A column that the query expects to be NULL in a row of its table; not one that an outer join fills with NULL."""
    scope = query.scope_of(test)
    joins = scope.expression.args.get("joins") or [] if scope is not None else []
    asks = isinstance(test, exp.Coalesce) or isinstance(test.expression, exp.Null)
    if asks and isinstance(test.this, exp.Column) and not any(join.side for join in joins):
        hints.absent |= query.places(test.this, scope)


def _bare(node: exp.Expr | None) -> exp.Expr | None:
    """Without the functions and casts round a single column: LOWER(a) = b joins a with b."""
    while isinstance(node, exp.Func | exp.Cast | exp.Paren) and not isinstance(node, exp.AggFunc):
        columns = list(node.find_all(exp.Column))
        if len(columns) != 1:
            return node
        return columns[0]
    return node


def _widest_constant(leaf: exp.Expr) -> exp.Expr:
    """The largest expression round a literal that has no column in it: CURRENT_DATE - INTERVAL '7 days', not '7 days'."""
    node = leaf
    while (
        (parent := node.parent) is not None
        and not isinstance(parent, (*_EDGES, exp.Predicate, exp.Tuple, exp.If, exp.Case, exp.Values))
        and parent.find(exp.Column, exp.Star, exp.Query) is None
    ):
        node = parent
    return node


def _note_constant(constant: exp.Expr, query: Scoped, hints: Hints, evaluate: Evaluate) -> None:
    holder = constant.parent
    while holder is not None and not isinstance(holder, _EDGES) and holder.find(exp.Column, exp.Star) is None:
        holder = holder.parent
    if holder is None or isinstance(holder, (*_EDGES, exp.Interval)):
        return
    value = _plain_literal(constant) if isinstance(constant, exp.Literal) else evaluate(constant)
    if value is None:
        return
    if _is_counted(holder, query) and isinstance(value, int | float):
        hints.counts.append(int(value))
    for column in holder.find_all(exp.Column):
        _attach(column, holder, value, query, hints)


def _attach(column: exp.Column, holder: exp.Expr, value: object, query: Scoped, hints: Hints) -> None:
    for place in query.places(column, query.scope_of(column)):
        if isinstance(holder, exp.Like | exp.ILike) and isinstance(value, str):
            hints.patterns[place].append(value)
        elif holder.find(exp.AggFunc) is not None and isinstance(value, int | float):
            hints.totals[place].append(float(value))
        else:
            hints.constants[place].append(value)


def _is_counted(holder: exp.Expr, query: Scoped) -> bool:
    """Whether the condition is about a number of rows: COUNT itself, or a column that a subquery counted."""
    if holder.find(exp.Count, exp.RowNumber) is not None:
        return True
    for column in holder.find_all(exp.Column):
        scope = query.scope_of(column)
        source = scope.sources.get(column.table) if scope is not None else None
        expression = getattr(source, "expression", None)
        if isinstance(expression, exp.Query) and not isinstance(source, exp.Table):
            made = [s for s in expression.selects if s.alias_or_name.lower() == column.name.lower()]
            if any(projection.find(exp.Count, exp.RowNumber) for projection in made):
                return True
    return False


def _plain_literal(literal: exp.Literal) -> object:
    if literal.is_string:
        return literal.name
    try:
        return int(literal.name)
    except ValueError:
        try:
            return float(literal.name)
        except ValueError:
            return None
