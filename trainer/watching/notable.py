"""The best completion of each step, and the strangest: what a person should read to see what the training pays for.

    best       the highest score of the step
    cut off    stopped at the token limit, and its score is still among the best quarter of the step
    length     a score among the best quarter, and more than twice, or less than half, as long as the median of its group
    repeated   one text for a third of the prompts or more (3 at least), and its score is among the best quarter

At most one of each a generation, so four lines. Strange is not wrong: a short task may have one right answer. `checks` adds a fifth kind,
"apart", at checkpoints: of the completions looked at, the one whose reward is furthest above what the hold-out says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, median, quantiles

from rewardkit.checking.completions import Graded
from rewardkit.grader import Grader
from rewardkit.runs import Notable, RunFolder
from rewardkit.samples import Sample

from .rollouts import Rollout

LONGEST = 2000
"""Characters that are kept of a completion."""

_FEWEST = 4  # members of a group, and prompts of a step, from which something can be unusual among them
_TWICE = 2.0
_APART = 0.5  # shares of the range


class Notables:
    """Writes lines of notable.jsonl. `texts` False keeps the completions themselves out."""

    def __init__(
        self, folder: RunFolder, phase: str, samples: Sequence[Sample], *, texts: bool = True
    ) -> None:
        self._folder = folder
        self._phase = phase
        self._samples = samples
        self._texts = texts

    def hear(self, rollouts: Sequence[Rollout]) -> None:
        """Note what stands out in one generation."""
        self._folder.append_notable(
            notable(self._phase, one, self._samples[one.sample_index].id, kind, why, texts=self._texts)
            for kind, one, why in standing_out(rollouts)
        )


def notable(phase: str, one: Rollout, sample: str, kind: str, why: str, *, texts: bool) -> Notable:
    """The line of a completion."""
    return Notable(
        phase=phase,
        step=one.step + 1,
        kind=kind,  # type: ignore[arg-type]  # checked by the record
        why=why,
        sample=sample,
        group=one.group,
        score=one.score.value,
        tokens=one.tokens,
        completion=one.text[:LONGEST] if texts else None,
    )


def standing_out(rollouts: Sequence[Rollout]) -> Iterator[tuple[str, Rollout, str]]:
    """(kind, completion, why) for what stands out; nothing where nothing was scored."""
    scored = [one for one in rollouts if one.score.value is not None]
    if not scored:
        return
    best = max(scored, key=_score)
    yield "best", best, "the highest score of the step"
    paid = _well_paid(scored)
    cut = _cut_off(paid)
    long = _unusual_length(scored, [one for one in paid if cut is None or one is not cut[1]])
    yield from filter(None, (cut, long, _repeated(scored, paid)))


def furthest_apart(
    grader: Grader, holdout: Grader, graded: Sequence[Graded], values: Mapping[Graded, float | None]
) -> tuple[Graded, str] | None:
    """The completion that the reward pays for most beyond what the hold-out gives it, and why it is told; None when that is under half of the range."""
    gaps = [
        (share_of_range(grader, one.value) - share_of_range(holdout, held), one, held)
        for one in graded
        if one.value is not None and (held := values[one]) is not None
    ]
    gap, one, held = max(gaps, key=lambda each: each[0], default=(0.0, None, 0.0))
    if one is None or gap < _APART:
        return None
    return one, f"the reward gives {one.value:.2f} and the hold-out '{holdout.name}' {held:.2f}"


def share_of_range(grader: Grader, value: float) -> float:
    """Where a score lies between the lowest and the highest."""
    low, high = grader.options.range
    return (value - low) / (high - low)


def _well_paid(scored: Sequence[Rollout]) -> list[Rollout]:
    """Those among the best quarter whose score is above the mean of the step: none where all scores are alike."""
    values = [_score(one) for one in scored]
    if len(values) < _FEWEST:
        return []
    bar, average = quantiles(values, n=4, method="inclusive")[2], mean(values)
    return [one for one in scored if _score(one) >= bar and _score(one) > average]


def _cut_off(paid: Sequence[Rollout]) -> tuple[str, Rollout, str] | None:
    cut = [one for one in paid if one.truncated]
    if not cut:
        return None
    one = max(cut, key=_score)
    return "cut off", one, f"cut off after {one.tokens:,} tokens and still among the best paid"


def _unusual_length(scored: Sequence[Rollout], paid: Sequence[Rollout]) -> tuple[str, Rollout, str] | None:
    groups: dict[str, list[int]] = defaultdict(list)
    for one in scored:
        groups[one.group].append(one.tokens)

    def times(one: Rollout) -> float:
        usual = max(1.0, median(groups[one.group]))
        return max(one.tokens / usual, usual / max(1, one.tokens))

    unusual = [one for one in paid if len(groups[one.group]) >= _FEWEST and times(one) > _TWICE]
    if not unusual:
        return None
    one = max(unusual, key=times)
    usual = median(groups[one.group])
    return "length", one, f"{one.tokens:,} tokens where its group has {usual:g}, and among the best paid"


def _repeated(scored: Sequence[Rollout], paid: Sequence[Rollout]) -> tuple[str, Rollout, str] | None:
    prompts: dict[str, set[int]] = defaultdict(set)
    for one in scored:
        prompts[one.text].add(one.sample_index)
    asked = len({one.sample_index for one in scored})
    texts = Counter({one.text: len(prompts[one.text]) for one in paid})
    if asked < _FEWEST or not texts:
        return None
    text, count = texts.most_common(1)[0]
    if count < max(3, asked / 3):
        return None
    one = next(one for one in paid if one.text == text)
    return "repeated", one, f"the same text for {count:,} of {asked:,} prompts, and among the best paid"


def _score(one: Rollout) -> float:
    assert one.score.value is not None
    return one.score.value
