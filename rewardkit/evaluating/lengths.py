"""How long the completions of each stage are: characters from the results, tokens and what was cut off from generations.jsonl."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from rewardkit.runs import LengthRow, Result

from .generations import Generated, lengths_of
from .standings import Stage, Standing


def length_rows(standings: Iterable[Standing], generations: Sequence[Generated]) -> list[LengthRow]:
    """One row per stage and decoding. Tokens are None where a model does not count them, and so is the share cut off where nothing was generated."""
    characters: dict[Stage, tuple[int, float]] = {}
    for each in standings:
        characters.setdefault((each.stage, each.decoding), (each.completions, each.characters))
    return _rows(characters, generations)


def lengths_by_stage(results: Iterable[Result], generations: Sequence[Generated]) -> list[LengthRow]:
    """The same from results, of which those of the first grader of each stage are counted: the others have the same completions."""
    graders: dict[Stage, str] = {}
    lengths: dict[Stage, list[int]] = {}
    for result in results:
        stage = (result.stage, result.decoding)
        if graders.setdefault(stage, result.grader) == result.grader:
            lengths.setdefault(stage, []).append(len(result.completion))
    return _rows({stage: (len(of), fmean(of)) for stage, of in lengths.items()}, generations)


def _rows(characters: Mapping[Stage, tuple[int, float]], generations: Sequence[Generated]) -> list[LengthRow]:
    rows = []
    for (name, decoding), (completions, mean) in characters.items():
        known = lengths_of(generations, name, decoding)
        rows.append(
            LengthRow(
                name=name,
                decoding=decoding,
                completions=completions,
                characters=mean,
                tokens=known.mean_tokens,
                truncated=known.truncated if known.completions else None,
            )
        )
    return rows
