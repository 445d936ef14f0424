"""Every number that decides what counts as overlap, in one place; docs/overlap.md gives the reasons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NGRAM = 13  # words of an n-gram, as in GPT-3 (Brown et al. 2020, appendix C)
SHORTEST = 8  # words of a prompt that is looked for whole inside training prompts; shorter ones are compared whole only
MOST = 0.8  # of a prompt's n-grams in one training prompt, from which the row is contaminated
SOME = 0.2  # of them in training, from which there is a warning

SHINGLE = 3  # words, for near duplicates
NEAR = 0.8  # Jaccard index of the sets of shingles

SHARED = (
    5  # different prompts; an n-gram in more of them is text of the task (instructions, a schema, a template)
)
OWN = 0.5  # of what is a prompt's own and no text of the task, that a near duplicate must have too
FEW = 3  # n-grams; with fewer of its own, a prompt is taken as a whole

TELLING_WORDS, TELLING_LETTERS = 8, 32  # either makes a reference long enough to be no coincidence
LABEL = 3  # different evaluation prompts with one reference make it a label
TRAIN_LABEL = 10  # different training prompts with one reference; more make it a label


def is_shared(held_by: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.bool_]:
    """Whether n-grams that so many of `count` evaluation prompts hold are text of the task: more than SHARED, or three and more than half."""
    return (held_by > SHARED) | ((held_by >= 3) & (2 * held_by > count))


def is_long(words: str) -> bool:
    """Whether a reference, in plain words, is long enough to be telling."""
    return len(words) >= TELLING_LETTERS or words.count(" ") + 1 >= TELLING_WORDS
