"""A tiny Llama with a chat template, made in a second: for tests that generate with a real model."""

from __future__ import annotations

from pathlib import Path

from rewardkit.trainer.tiny import TinyConfig, pretrain

PROMPTS = [f"Say {word}." for word in ("one", "two", "three", "four", "five", "six", "seven", "eight")]


def tiny_model(folder: Path) -> Path:
    """A model that answers `Say one.` with something near `one`: trained just enough to end most of its answers."""
    pairs = [(prompt, prompt.removeprefix("Say ").rstrip(".")) for prompt in PROMPTS]
    config = TinyConfig(
        vocabulary=300, hidden=16, layers=1, heads=2, context=64, steps=60, batch=8, learning_rate=1e-2
    )
    return pretrain(pairs, folder, config=config)
