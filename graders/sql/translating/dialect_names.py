"""The names of dialects, as sqlglot and as people write them."""

from __future__ import annotations

from sqlglot.dialects.dialect import Dialects

from rewardkit import Unscored
from rewardkit.errors import did_you_mean

DIALECTS = tuple(sorted(dialect.value for dialect in Dialects if dialect.value))

USUAL = (
    "postgres",
    "mysql",
    "sqlite",
    "bigquery",
    "snowflake",
    "redshift",
    "spark",
    "trino",
    "tsql",
    "oracle",
)
"""The dialects that messages name."""
_OTHER_NAMES = {"postgresql": "postgres", "pgsql": "postgres", "mssql": "tsql", "sqlserver": "tsql"}


def dialect_of(name: str) -> str:
    """sqlglot's name of a dialect, which may be written in capitals or as its makers do; Unscored (bad_reference) where there is none."""
    word = name.lower()
    word = _OTHER_NAMES.get(word, word)
    if word not in DIALECTS:
        hint = did_you_mean(word, [*DIALECTS, *_OTHER_NAMES])
        raise Unscored(
            f"dialect {name!r}; allowed: {', '.join(USUAL)} and others that sqlglot reads.{hint}",
            cause="bad_reference",
        )
    return word
