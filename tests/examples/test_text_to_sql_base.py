"""The script that builds the base model of examples/text_to_sql, on a model of a few steps."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "text_to_sql"


@pytest.mark.slow
def test_in_a_pipe_every_tenth_of_the_pre_training_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("transformers")
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.chdir(FOLDER.parents[1])
    import build_base

    from rewardkit.trainer.tiny import TinyConfig

    small = TinyConfig(hidden=32, layers=1, heads=2, steps=20, batch=4)
    monkeypatch.setattr(build_base, "CONFIG", small)
    monkeypatch.setattr(build_base, "PAIRS", 64)
    build_base.build(tmp_path / "model")
    lines = capsys.readouterr().out.split("\n")
    assert [line.split(",")[0] for line in lines if "%" in line] == [
        f"pre-training the base model: {tenth}0 %" for tenth in range(1, 11)
    ]
