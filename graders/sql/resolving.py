"""Which columns of tables a query's names mean: a walk over sqlglot's tree that needs a tenth of a millisecond.

Every answer that is not right is looked at here. sqlglot's own `qualify` resolves the same names in ten times as long, which is as long as running the query. A test holds the two against each
other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from .engines.schema import Schema

_MAX_DEPTH = 60


class Unresolved(Exception):
    """A name that the walk cannot place."""


@dataclass(slots=True)
class _Part:
    """A subquery or CTE: what it is, where it stands, and which of its columns somebody asks for (None: all); `used` once it is read from."""

    node: exp.Expr
    scope: _Scope | None
    ctes: dict[str, _Part]
    names: list[str] | None
    asked: set[str] | None = field(default_factory=set)
    used: bool = True


@dataclass(slots=True)
class _Scope:
    """What the names of one SELECT may mean: its sources by alias (tables by name, or parts), its own aliases, and the SELECT outside it."""

    sources: dict[str, str | _Part]
    outer: _Scope | None
    aliases: dict[str, exp.Expr | None] = field(default_factory=dict)


class Resolver:
    """Walks queries from the outside in: what a query asks of its parts is known before they are walked."""

    def __init__(self, schema: Schema) -> None:
        self.known = {
            name: frozenset(column.name.lower() for column in table.columns)
            for name, table in schema.tables.items()
        }
        self.tables: set[str] = set()
        self.columns: set[tuple[str, str]] = set()
        self.waiting: list[_Part] = []
        self.depth = 0

    def finish(self) -> None:
        """Walk the parts, the last defined first: a CTE is asked by those after it."""
        while self.waiting:
            part = self.waiting.pop()
            if part.used:
                self.query(part.node, part.scope, part.ctes, part.asked, part.names)

    def query(
        self,
        node: exp.Expr,
        outer: _Scope | None,
        ctes: dict[str, _Part],
        asked: set[str] | None,
        names: list[str] | None = None,
    ) -> None:
        """Note what a query uses when `asked` of its output columns are wanted (None: all)."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Unresolved
        node = node.unnest() if isinstance(node, exp.Subquery) else node
        ctes = self._with_ctes(node, outer, ctes)
        if isinstance(node, exp.SetOperation):
            distinct = not (isinstance(node, exp.Union) and node.args.get("distinct") is False)
            for branch in (node.this, node.expression):
                self.query(branch, outer, ctes, None if distinct or asked else asked)
        elif isinstance(node, exp.Select):
            self._select(node, outer, ctes, asked, names)
        elif not isinstance(node, exp.Values):
            raise Unresolved
        self.depth -= 1

    def _with_ctes(self, node: exp.Expr, outer: _Scope | None, ctes: dict[str, _Part]) -> dict[str, _Part]:
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        ctes = dict(ctes)
        for cte in clause.expressions:
            part = _Part(
                cte.this,
                outer,
                ctes if clause.args.get("recursive") else dict(ctes),
                _output_names(cte),
                used=False,
            )
            ctes[cte.alias.lower()] = part
            self.waiting.append(part)
        return ctes

    def _select(
        self,
        node: exp.Select,
        outer: _Scope | None,
        ctes: dict[str, _Part],
        asked: set[str] | None,
        names: list[str] | None,
    ) -> None:
        scope = _Scope({}, outer)
        conditions: list[exp.Expr] = []
        source = node.args.get("from_")
        for place in [
            *([source] if source is not None else []),
            *node.args.get("joins", ()),
            *node.args.get("laterals", ()),
        ]:
            self._source(place.this if isinstance(place, exp.From | exp.Join) else place, scope, ctes)
            if isinstance(place, exp.Join):
                conditions += [on] if (on := place.args.get("on")) is not None else []
                for using in place.args.get("using") or ():
                    self._everywhere(using.name.lower(), scope)
        for projection in node.expressions:
            if isinstance(projection, exp.Alias):
                scope.aliases.setdefault(projection.alias.lower(), projection.this)
        for position, projection in enumerate(node.expressions):
            name = names[position] if names and position < len(names) else projection.alias_or_name.lower()
            if (
                asked is None
                or name in asked
                or isinstance(projection, exp.Star)
                or not name
                or node.args.get("distinct")
            ):
                self._projection(projection, scope, ctes, asked)
        for key in ("where", "group", "having", "qualify", "order", "distinct", "windows"):
            part = node.args.get(key)
            conditions += part if isinstance(part, list) else [part] if part is not None else []
        for condition in conditions:
            self._expression(condition, scope, ctes)

    def _source(self, node: exp.Expr, scope: _Scope, ctes: dict[str, _Part]) -> None:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            name = node.name.lower()
            alias = node.alias_or_name.lower()
            if name in ctes and not node.db:
                ctes[name].used = True
                scope.sources[alias] = ctes[name]
            elif name in self.known:
                self.tables.add(name)
                scope.sources[alias] = name
            else:
                raise Unresolved
            for join in node.args.get("joins") or ():
                self._source(join.this, scope, ctes)
                if (on := join.args.get("on")) is not None:
                    self._expression(on, scope, ctes)
        elif isinstance(node, exp.Subquery | exp.Lateral) and isinstance(node.this, exp.Query):
            part = _Part(node.this, scope, ctes, _output_names(node))
            self.waiting.append(part)
            scope.sources[node.alias_or_name.lower()] = part
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            self._source(node.this, scope, ctes)
        elif isinstance(node, exp.Unnest | exp.Table | exp.Lateral | exp.Values):
            self._expression(node, scope, ctes)
            scope.sources[node.alias_or_name.lower()] = _Part(node, None, {}, None)
        else:
            raise Unresolved

    def _projection(
        self, node: exp.Expr, scope: _Scope, ctes: dict[str, _Part], asked: set[str] | None
    ) -> None:
        if isinstance(node, exp.Star):
            for source in scope.sources.values():
                self._star(source, asked)
        elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            self._star(self._named(node.table.lower(), scope), asked)
        else:
            self._expression(node, scope, ctes)

    def _star(self, source: str | _Part, asked: set[str] | None) -> None:
        if isinstance(source, str):
            wanted = self.known[source] if asked is None else self.known[source] & asked
            self.columns.update((source, column) for column in wanted)
        elif asked is None:
            source.asked = None
        elif source.asked is not None:
            source.asked |= asked

    def _expression(self, node: exp.Expr, scope: _Scope, ctes: dict[str, _Part]) -> None:
        """Note the columns of an expression; queries inside it are parts of their own."""
        waiting = [node]
        while waiting:
            current = waiting.pop()
            if isinstance(current, exp.Column):
                self._column(current, scope, ctes)
            elif isinstance(current, exp.Query):
                exists = isinstance(current.parent, exp.Exists)
                part = _Part(current, scope, ctes, None, set() if exists else None)
                self.waiting.append(part)
            else:
                waiting.extend(current.iter_expressions())

    def _column(self, column: exp.Column, scope: _Scope, ctes: dict[str, _Part]) -> None:
        name = column.name.lower()
        if isinstance(column.this, exp.Star):
            self._projection(column, scope, ctes, None)
        elif column.table:
            self._ask(self._named(column.table.lower(), scope), name)
        else:
            self._bare(name, scope, ctes)

    def _named(self, alias: str, scope: _Scope) -> str | _Part:
        current: _Scope | None = scope
        while current is not None:
            if alias in current.sources:
                return current.sources[alias]
            current = current.outer
        raise Unresolved

    def _bare(self, name: str, scope: _Scope, ctes: dict[str, _Part]) -> None:
        """A name without a table: a column of a source, an alias of the SELECT list, or one of the SELECT outside."""
        current: _Scope | None = scope
        while current is not None:
            found = next((source for source in current.sources.values() if self._has(source, name)), None)
            found = found or next(
                (source for source in current.sources.values() if self._has(source, "*")), None
            )
            if found is not None:
                self._ask(found, name)
                return
            if name in current.aliases:
                aliased, current.aliases[name] = (
                    current.aliases[name],
                    None,
                )  # once is enough, and an alias of itself ends here
                if aliased is not None:
                    self._expression(aliased, current, ctes)
                return
            current = current.outer
        if not self._has_open_source(scope):
            raise Unresolved

    def _has_open_source(self, scope: _Scope | None) -> bool:
        """Whether something in reach has columns that nobody knows: a table function, VALUES."""
        while scope is not None:
            if any(isinstance(source, _Part) and source.names is None for source in scope.sources.values()):
                return True
            scope = scope.outer
        return False

    def _has(self, source: str | _Part, name: str) -> bool:
        if isinstance(source, str):
            return name in self.known[source]
        return source.names is not None and name in source.names

    def _everywhere(self, name: str, scope: _Scope) -> None:
        for source in scope.sources.values():
            if self._has(source, name):
                self._ask(source, name)

    def _ask(self, source: str | _Part, name: str) -> None:
        if isinstance(source, str):
            if name not in self.known[source]:
                raise Unresolved
            self.columns.add((source, name))
        elif source.asked is not None:
            source.asked.add(name)


def _output_names(node: exp.Expr) -> list[str] | None:
    """The names of a part's output columns; a `*` among them leaves it open."""
    alias = node.args.get("alias")
    columns = [column.name.lower() for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    if columns:
        return columns
    inner = node.this
    while isinstance(inner, exp.SetOperation | exp.Subquery):
        inner = inner.this
    return list(_names(inner)) if isinstance(inner, exp.Select) else None


def _names(select: exp.Select) -> Iterator[str]:
    for projection in select.expressions:
        yield projection.alias_or_name.lower()
