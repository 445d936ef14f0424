"""Several processes of one training on this machine, started as a launcher starts them: with RANK and its like in the environment."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from warm_processes import Ended, Warm

PATIENCE = 120.0  # seconds after which a process that should have ended counts as hung


def start(count: int, arguments: Sequence[str], folder: Path) -> list[Warm]:
    """`python ARGUMENTS` that many times, each in a session of its own."""
    shared = {
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(_free_port()),
    }
    return [
        Warm(arguments, folder, environment={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)})
        for rank in range(count)
    ]


def ended(processes: Sequence[Warm]) -> list[Ended]:
    """Wait for all of them; one that hangs is killed, and the test with it."""
    try:
        return [process.ended(PATIENCE) for process in processes]
    finally:
        for process in processes:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
