"""Groups whose completions all get the same reward are drawn anew, with another prompt (the dynamic sampling of DAPO, arXiv 2503.14476).

Decided over all processes together, since a group may lie in two of them; each then draws its own part. What was thrown away is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewardkit.errors import ConfigError

from ..ranks import Ranks
from ..reward.rewards import TrainingReward
from ..settings.config import RunFile
from .prompts import Prompts, is_saturated


@dataclass(frozen=True, slots=True)
class Share:
    """One process's part of a generation, changed in place: rows of the data set, their prompts, and the tokens of prompts and completions."""

    rows: list[dict[str, Any]]
    prompts: list[Any]
    prompt_ids: list[list[int]]
    completion_ids: list[list[int]]


@dataclass(frozen=True, slots=True)
class Thrown:
    """What was thrown away of a generation over all processes: groups, and the tokens of their prompts and completions."""

    groups: int = 0
    tokens: int = 0


class Resampler:
    """Draws saturated groups of `group` completions anew, up to `most` times a generation. `rows` are those of the data set by sample index."""

    def __init__(
        self,
        most: int,
        group: int,
        rows: Sequence[Mapping[str, Any]],
        prompts: Prompts,
        reward: TrainingReward,
        ranks: Ranks,
    ) -> None:
        self._most = most
        self._group = group
        self._rows = rows
        self._prompts = prompts
        self._reward = reward
        self._ranks = ranks

    def renew(
        self, share: Share, redraw: Callable[[list[int]], None], texts: Callable[[], list[str]], state: Any
    ) -> Thrown:
        """Replace saturated groups until none is left. `redraw` draws the completions at places of this process, `texts` reads all of them.

        Every process goes through as many exchanges as the others, also one with nothing to draw.
        """
        groups = tokens = 0

        def here() -> list[tuple[int, float | None, int]]:
            indices = [row["sample_index"] for row in share.rows]
            lengths = [len(a) + len(b) for a, b in zip(share.prompt_ids, share.completion_ids, strict=True)]
            return list(zip(indices, self._reward.ahead(texts(), indices, state), lengths, strict=True))

        for _ in range(self._most):
            told = [one for part in self._ranks.collect(here, in_step=True) for one in part]
            parts = [told[at : at + self._group] for at in range(0, len(told), self._group)]
            seen = [(part[0][0], [reward for _, reward, _ in part]) for part in parts]
            stale = [place for place, (_, rewards) in enumerate(seen) if is_saturated(rewards)]
            if not stale:
                break
            groups += len(stale)
            tokens += sum(length for place in stale for _, _, length in parts[place])
            self._prompts.see(seen[place] for place in stale)
            places = self._replace(share, self._prompts.instead([sample for sample, _ in seen], stale))
            if places:
                redraw(places)
        return Thrown(groups, tokens)

    def _replace(self, share: Share, instead: Mapping[int, int]) -> list[int]:
        """Give the places of this process in those groups their new prompts."""
        first, places = self._ranks.rank * len(share.rows), []
        for place, row in enumerate(share.rows):
            group = (first + place) // self._group
            if group in instead:
                row.update(self._rows[instead[group]])
                share.prompts[place] = row["prompt"]
                places.append(place)
        return places


def check_resampling(run: RunFile, settings: Any, ranks: Ranks) -> None:
    """ConfigError where processes generate together, and so could not draw different numbers of completions; `settings` is the GRPOConfig."""
    together = settings.vllm_mode == "server" or settings.vllm_tensor_parallel_size > 1
    if run.config.curriculum.resample and ranks.size > 1 and settings.use_vllm and together:
        raise ConfigError(
            "resample needs each process to generate by itself: with several processes and vLLM, set vllm_mode = "
            '"colocate" and vllm_tensor_parallel_size = 1, or leave resample out',
            where=run.toml.where("curriculum", "resample"),
        )
