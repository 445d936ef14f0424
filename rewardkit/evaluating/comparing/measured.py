"""What one side measured: for each grader the values of every prompt, and what a prompt was, so that only the same prompts are compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from rewardkit.runs import iter_samples
from rewardkit.runs.keys import Keys
from rewardkit.runs.reading import RESULTS, numbered_lines
from rewardkit.runs.records import Metric, parse_result_line

from ...errors import DataError
from ...paths import display_path
from ..summary import Repeats


@dataclass(slots=True)
class Measured:
    """The results of one stage and decoding of one run.

    `repeats` has by grader the scores of each sample's completions (None: unscored), `fingerprints` the graders' own, `contents` a hash of prompt and
    reference by sample (empty when the run keeps no texts), `characters` the length of every completion.
    """

    repeats: dict[str, dict[str, Repeats]] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    characters: float = 0.0
    completions: int = 0

    @property
    def samples(self) -> dict[str, None]:
        """All samples, in the order of the results."""
        return dict.fromkeys(sample for by_sample in self.repeats.values() for sample in by_sample)

    def means(self, grader: str, metric: Metric, bar: float) -> dict[str, float]:
        """The mean of each prompt over its scored completions; prompts without any are left out."""
        found = {}
        for sample, repeats in self.repeats.get(grader, {}).items():
            scored = [value for value in repeats if value is not None]
            if scored:
                found[sample] = fmean(scored if metric == "score" else [float(v >= bar) for v in scored])
        return found

    def bound(self, grader: str, bar: float, unscored: float) -> dict[str, float]:
        """The share solved of each prompt, had every completion that was not scored got `unscored` (0 or 1)."""
        return {
            sample: fmean(unscored if value is None else float(value >= bar) for value in repeats)
            for sample, repeats in self.repeats.get(grader, {}).items()
        }

    def unscored(self, grader: str) -> int:
        """How many completions the grader could not score."""
        return sum(value is None for repeats in self.repeats.get(grader, {}).values() for value in repeats)

    def counts(self, grader: str) -> set[int]:
        """The numbers of completions that prompts have."""
        return {len(repeats) for repeats in self.repeats.get(grader, {}).values()}

    def most_repeats(self) -> int:
        """The greatest number of completions a prompt has."""
        return max((len(r) for by_sample in self.repeats.values() for r in by_sample.values()), default=0)


def measure(folder: Path, stage: str, decoding: str) -> Measured:
    """Read one side of a run in one pass. Raises DataError for a spoiled line, one that is there twice, and results of two versions of a grader."""
    found, lengths, keys = Measured(), [], Keys()
    first_grader = ""
    for line, where in numbered_lines(folder / RESULTS):
        result = parse_result_line(line, where)
        if (result.stage, result.decoding) != (stage, decoding):
            continue
        if not keys.add(result.key):
            raise DataError("this line is there twice; delete one of the two", where=where)
        if found.fingerprints.get(result.grader, result.fingerprint) != result.fingerprint:
            raise DataError(
                f"results of two versions of grader '{result.grader}' in one run do not mix; score it again: rewardkit grade --from "
                f"{display_path(folder)} --grader ...",
                where=where,
            )
        found.repeats.setdefault(result.grader, {}).setdefault(result.sample, []).append(result.value)
        found.fingerprints[result.grader] = result.fingerprint
        first_grader = first_grader or result.grader
        if result.grader == first_grader:
            lengths.append(len(result.completion))
    found.completions, found.characters = len(lengths), fmean(lengths) if lengths else 0.0
    if (folder / "samples.jsonl").is_file():
        found.contents = {row.sample: _content(row.prompt, row.columns) for row in iter_samples(folder)}
    return found


def differing(runs: Sequence[Measured]) -> set[str]:
    """The samples that two of the runs know by one id while prompt or reference is another."""
    first: dict[str, str] = {}
    return {
        sample
        for run in runs
        for sample, content in run.contents.items()
        if first.setdefault(sample, content) != content
    }


def _content(prompt: str, columns: Mapping[str, object]) -> str:
    text = json.dumps([prompt, columns.get("reference")], sort_keys=True, default=repr)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
