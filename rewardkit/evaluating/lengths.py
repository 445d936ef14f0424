"""How long the completions of each stage are: characters from the results, tokens and what was cut off from generations.jsonl."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rewardkit.runs import LengthRow

from .generations import Generated, lengths_of
from .standings import Stage, Standing


def length_rows(standings: Iterable[Standing], generations: Sequence[Generated]) -> list[LengthRow]:
    """One row per stage and decoding. Tokens are None where a model does not count them, and so is the share cut off where nothing was generated."""
    rows: dict[Stage, LengthRow] = {}
    for standing in standings:
        stage = (standing.stage, standing.decoding)
        if stage not in rows:
            known = lengths_of(generations, *stage)
            rows[stage] = LengthRow(
                name=standing.stage,
                decoding=standing.decoding,
                completions=standing.completions,
                characters=standing.characters,
                tokens=known.mean_tokens,
                truncated=known.truncated if known.completions else None,
            )
    return list(rows.values())
