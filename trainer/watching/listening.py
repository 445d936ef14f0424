"""Who hears of the completions of a training, whatever its method."""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.runs import RunFolder
from rewardkit.samples import Sample

from ..ranks import Ranks
from ..settings.config import RunFile
from .gathering import Gathered
from .notable import Notables
from .recording import Recorder
from .rollouts import Listener


def listeners(
    run: RunFile,
    samples: Sequence[Sample],
    folder: RunFolder | None,
    ranks: Ranks,
    phase: str,
    *,
    texts: bool = True,
) -> list[Listener]:
    """Who writes down what the completions of a phase are: all of them as Parquet unless [record] says otherwise, and those that stand out.

    `folder` is None on all processes but the first, which write nothing and send theirs.
    """
    if folder is None:
        return [Gathered(ranks, [])]
    writing: list[Listener] = [Notables(folder, phase, samples, texts=texts)]
    if run.config.record.rollouts:
        writing.append(Recorder(folder, phase, samples, texts=texts))
    return [Gathered(ranks, writing)]
