"""Every completion of every step, with score, advantage and components, as Parquet in the run folder (columns: `rewardkit.runs.rollouts`).

The file of a step is there before the step is taken and written again when the step has a further generation, so a resumed training, which
takes the steps after its checkpoint again, leaves the files of one that was not interrupted, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from rewardkit.runs import RunFolder
from rewardkit.samples import Sample

from .rollouts import Rollout

_COLUMNS: dict[str, tuple[str, Callable[[Rollout, Sample], Any]]] = {
    "group": ("string", lambda one, sample: _text(one.group)),
    "sample": ("string", lambda one, sample: _text(sample.id)),
    "completion": ("string", lambda one, sample: _text(one.text)),
    "score": ("float64", lambda one, sample: one.score.value),
    "reward": ("float64", lambda one, sample: one.reward),
    "advantage": ("float64", lambda one, sample: one.advantage),
    "cause": ("string", lambda one, sample: one.score.cause),
    "reason": ("string", lambda one, sample: _text(one.score.reason)),
    "tokens": ("int32", lambda one, sample: one.tokens),
    "truncated": ("bool", lambda one, sample: one.truncated),
}
_TEXTS = ("completion", "reason")


class Recorder:
    """Writes the completions of each step. `samples` are those of the training; `texts` False leaves completions and reasons out."""

    def __init__(
        self, folder: RunFolder, phase: str, samples: Sequence[Sample], *, texts: bool = True
    ) -> None:
        self._folder = folder
        self._phase = phase
        self._samples = samples
        self._columns = {name: how for name, how in _COLUMNS.items() if texts or name not in _TEXTS}
        self._step: int | None = None
        self._rollouts: list[Rollout] = []

    def hear(self, rollouts: Sequence[Rollout]) -> None:
        """Write the file of the step with these completions, and those that it had before."""
        if not rollouts:
            return
        if rollouts[0].step != self._step:
            self._step, self._rollouts = rollouts[0].step, []
        self._rollouts += rollouts
        self._folder.write_rollouts(self._phase, self._step + 1, self._parquet())

    def _parquet(self) -> bytes:
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = [(one, self._samples[one.sample_index]) for one in self._rollouts]
        arrays = {
            "phase": pa.array([self._phase] * len(rows), "string"),
            "step": pa.array([one.step + 1 for one in self._rollouts], "int32"),
            "place": pa.array(range(len(rows)), "int32"),
        }
        for name, (kind, value) in self._columns.items():
            arrays[name] = pa.array([value(*row) for row in rows], kind)
        for name, values in self._components().items():
            arrays[f"component_{name}"] = pa.array(values, "float64")
        written = BytesIO()
        pq.write_table(
            pa.table(arrays), written, write_statistics=False
        )  # nobody looks for a value in a step's file
        return written.getvalue()

    def _components(self) -> dict[str, list[float | None]]:
        """The values of each part of the score, None where a completion has no such part."""
        columns: dict[str, list[float | None]] = {}
        for place, one in enumerate(self._rollouts):
            for part in one.score.components:
                column = columns.setdefault(_text(part.name), [None] * len(self._rollouts))
                column[place] = part.value
        return columns


def _text(text: str) -> str:
    """Text as Parquet holds it: without lone surrogates, which no encoding has."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
