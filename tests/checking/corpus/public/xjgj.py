"""Form of a reasoning trace: a think block, then an answer block, and nothing else."""

import re

SHAPE = re.compile(r"^<think>.*?</think>\s*<answer>.*?</answer>$", re.DOTALL)


def trace_format(completions, **kwargs) -> list[float]:
    """1.0 for the form, 0.0 otherwise."""
    texts = [completion[0]["content"] for completion in completions]
    return [1.0 if SHAPE.match(text.strip()) else 0.0 for text in texts]
