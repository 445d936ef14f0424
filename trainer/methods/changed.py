"""Whether a training changes anything: one that does not looks like any other from outside."""

from __future__ import annotations

from typing import Any

UNCHANGED = (
    "no weight has changed. Either every group had one and the same reward (`saturated` in metrics.jsonl), or the steps are too small for what "
    "the weights can hold: raise [grpo] learning_rate, and leave [load] dtype out where it is not float32"
)


_DIGITS = {"torch.bfloat16": 0.004, "torch.float16": 0.0005}
"""The smallest step that a weight can take in these, as a share of it."""


def told_of_precision(model: Any, learning_rate: float) -> str:
    """A warning where weights are trained in a precision that loses small steps, else nothing."""
    trained = {str(weights.dtype) for weights in model.parameters() if weights.requires_grad}
    for dtype, least in _DIGITS.items():
        if dtype in trained:
            return (
                f"weights are trained in {dtype.removeprefix('torch.')}, where a step smaller than {least:.2%} of a weight is lost, as those of "
                f"learning_rate = {learning_rate:g} may be. Leave [load] dtype out (float32), or train an adapter ([lora])"
            )
    return ""


def weights_of(model: Any) -> dict[str, tuple[float, float]]:
    """Two sums over each tensor that is trained, by name; any step that is not lost changes one of them."""
    import torch

    found = {}
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.requires_grad:
                whole = weights.detach().double()
                found[name] = (whole.sum().item(), whole.square().sum().item())
    return found
