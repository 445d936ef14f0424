"""One small model for every test of training."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import pretrained


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model of 20,000 weights; tests copy it."""
    pytest.importorskip("trl")
    import torch

    torch.set_num_threads(1)
    return pretrained(tmp_path_factory.mktemp("base") / "model")
