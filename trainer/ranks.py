"""The processes of one training: which of them this one is, and how they stay together.

    with joined(timeout=1800) as ranks:              # torchrun and accelerate launch say through the environment who we are
        job = ranks.together(prepare)                # everyone does it; when one fails, everyone raises
        done = ranks.first(folder.is_dir)            # rank 0 looks, everyone goes by what it saw
        shares = ranks.collect(score_my_shard)       # everyone's results, in the order of ranks

An exception on one process alone leaves the others waiting in a collective until `ddp_timeout`, with a message that names a collective and
not the cause. So whatever may fail on one process runs inside one of these three, which end with an exchange: there, all processes learn
of the failure at the same moment, and raise. The exchange is one all-gather of small objects over gloo on the CPU, beside the group that
carries gradients. A process that ends closes its connections, so that the others hear of it at once.

With one process all of this calls the function and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from rewardkit.errors import ConfigError, DataError, GraderError, GuardStop, RewardkitError, UsageError

DDP_TIMEOUT = 1800
"""Seconds that a process waits for the others in a collective of the training unless `ddp_timeout` is set, as in transformers."""

_PATIENCE = timedelta(
    days=1
)  # between stages: another process may still be generating its share of an evaluation
_NOTE = "rank 0 says it too"
_KINDS = {kind.__name__: kind for kind in (ConfigError, DataError, GraderError, GuardStop)}

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Failure:
    """An exception as the other processes hear of it."""

    kind: str
    text: str
    expected: bool  # a RewardkitError

    @classmethod
    def of(cls, error: Exception) -> _Failure:
        kind = next(
            (kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _KINDS), type(error).__name__
        )
        return cls(kind, str(error), isinstance(error, RewardkitError))

    def rebuilt(self, rank: int) -> RewardkitError:
        if not self.expected:
            return RewardkitError(f"rank {rank} failed, see its traceback: {self.kind}: {self.text}")
        return _KINDS.get(self.kind, UsageError)(f"rank {rank}: {self.text}")


@dataclass(frozen=True, slots=True)
class Ranks:
    """This process among the `size` processes of a training; `Ranks()` is a training of one.

    `stages` and `steps` are process groups for exchanges between stages, where the others may be hours behind, and inside a training
    step, where nobody waits longer than `ddp_timeout`.
    """

    rank: int = 0
    size: int = 1
    stages: Any = None
    steps: Any = None

    @property
    def leads(self) -> bool:
        """Whether it is the one process that writes the run folder and talks to the reader."""
        return self.rank == 0

    def together(self, work: Callable[[], _T]) -> _T:
        """What `work` returned here. When it raised on any process, every process raises: its own exception, or that of the first to fail."""
        if self.size == 1:
            return work()
        mine: list[_T] = []
        self.collect(lambda: mine.append(work()))
        return mine[0]

    def first(self, work: Callable[[], _T]) -> _T:
        """What `work` returned, or raised, on rank 0; the others do not run it. The value is pickled."""
        if self.size == 1:
            return work()
        return self.collect(lambda: work() if self.leads else None)[0]  # type: ignore[return-value]  # rank 0 has run it

    def collect(self, work: Callable[[], _T], *, in_step: bool = False) -> list[_T]:
        """What `work` returned on every process, in the order of ranks; raises as `together` does. The values are pickled.

        GuardStop when a process has ended, or does not answer for a day, or with `in_step` for `ddp_timeout` seconds.
        """
        if self.size == 1:
            return [work()]
        value, error = _outcome(work)
        told = self._exchanged((value, None if error is None else _Failure.of(error)), in_step)
        failures = [(rank, failure) for rank, (_, failure) in enumerate(told) if failure is not None]
        if failures:
            rank, failure = failures[0]
            error = error or failure.rebuilt(rank)
            error.add_note(_NOTE)
            raise error
        return [value for value, _ in told]

    def wait(self) -> None:
        """Return when every process is here."""
        self.collect(lambda: None)

    @contextmanager
    def missed(self) -> Iterator[None]:
        """For collectives that are not ours, those of TRL: GuardStop when one fails because another process is gone."""
        try:
            yield
        except RuntimeError as error:
            if self.size == 1 or not _is_of_collective(error):
                raise
            raise self._alone(error) from None

    def _exchanged(self, message: tuple[Any, _Failure | None], in_step: bool) -> list[Any]:
        import torch.distributed as dist

        told: list[Any] = [None] * self.size
        try:
            dist.all_gather_object(told, message, group=self.steps if in_step else self.stages)
        except RuntimeError as error:
            raise self._alone(error) from None
        return told

    def _alone(self, error: RuntimeError) -> GuardStop:
        return GuardStop(
            f"another process of this training has ended or does not answer (seen by rank {self.rank} of {self.size}); what it "
            "printed says why. What is done is kept, and the same command goes on from the last checkpoint. "
            f"({str(error).splitlines()[0]:.200})"
        )


def said_by_first(error: BaseException) -> bool:
    """Whether rank 0 has the same error, so that no other process need print it."""
    return _NOTE in getattr(error, "__notes__", ())


def world_size() -> int:
    """How many processes the launcher has started."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """Which of them this is."""
    return int(os.environ.get("RANK", "0")) if world_size() > 1 else 0


@contextmanager
def joined(*, timeout: float = DDP_TIMEOUT) -> Iterator[Ranks]:
    """The processes that the launcher has started, connected; a process started on its own is alone, and torch is not imported for it.

    Collectives of the training give up after `timeout` seconds.
    """
    if world_size() == 1:
        yield Ranks()
        return
    import torch.distributed as dist

    local = int(os.environ.get("LOCAL_RANK", "0"))
    # accelerate, and with it TRL, takes the group that is there; on a CPU it would not pass `ddp_timeout` on.
    dist.init_process_group(_backend(local), timeout=timedelta(seconds=timeout))
    yield Ranks(
        rank=dist.get_rank(),
        size=dist.get_world_size(),
        stages=dist.new_group(backend="gloo", timeout=_PATIENCE),
        steps=dist.new_group(backend="gloo", timeout=timedelta(seconds=timeout)),
    )
    dist.destroy_process_group()  # not after an exception: the others may be in the middle of a collective


def refuse_sharded_models() -> None:
    """ConfigError when the launcher asks for FSDP or DeepSpeed: here every process holds a whole model."""
    for name, variable in (("FSDP", "ACCELERATE_USE_FSDP"), ("DeepSpeed", "ACCELERATE_USE_DEEPSPEED")):
        if os.environ.get(variable, "false").lower() in ("1", "true"):
            raise ConfigError(
                f"`rewardkit train` does not shard models, and accelerate is configured for {name}; use a multi-GPU configuration "
                "without it, or as_trl(grader) in a TRL script"
            )


def _backend(local: int) -> str:
    import torch

    from .settings.arguments import on_gpu

    if not on_gpu():
        return "gloo"
    torch.cuda.set_device(local)
    return "nccl"


def _is_of_collective(error: RuntimeError) -> bool:
    import torch.distributed as dist

    return isinstance(error, dist.DistError) or "gloo" in str(error)  # gloo has no exception of its own


def _outcome(work: Callable[[], _T]) -> tuple[_T | None, Exception | None]:
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001  # raised again in `collect`, on every process
        return None, error
