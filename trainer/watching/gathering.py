"""Who hears of the completions of all processes, and not only of those of its own."""

from __future__ import annotations

from collections.abc import Sequence

from ..ranks import Ranks
from .rollouts import Listener, Rollout


class Gathered:
    """Tells `listeners`, on rank 0, of the completions of all processes in the order of one process; what fails there is raised on all."""

    def __init__(self, ranks: Ranks, listeners: Sequence[Listener]) -> None:
        self._ranks = ranks
        self._listeners = tuple(listeners)

    def hear(self, rollouts: Sequence[Rollout]) -> None:
        """Send what this process generated; every process is here at the same moment."""
        shares = self._ranks.collect(lambda: rollouts, in_step=True)
        self._ranks.first(lambda: self._tell([one for share in shares for one in share]))

    def _tell(self, rollouts: Sequence[Rollout]) -> None:
        for listener in self._listeners:
            listener.hear(rollouts)
