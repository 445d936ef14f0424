"""A training that has left a model, opened again: its configuration as it was run, its base model and the trained one.

    trained = open_trained(Path("runs/demo"))
    trained.file.config.model        # the base: a folder or a hub name
    trained.model                    # runs/demo/checkpoints/final

run.json says what was run, so a RUN.toml that was edited since changes nothing; only the place of the file is asked for, which its paths are
relative to. No torch is imported here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.errors import ConfigError
from rewardkit.evaluating.identity import model_identity
from rewardkit.paths import display_path
from rewardkit.runs import RunInfo, Summary, read_run, read_summary
from rewardkit.toml_files import TomlFile, read_toml

from .settings.config import RunFile, checked
from .settings.tables import RunConfig
from .stages import FINAL, stages_of


@dataclass(frozen=True, slots=True)
class Trained:
    """A run with a trained model: its folder, run.json, summary.json, and the RUN.toml that it was run with."""

    path: Path
    info: RunInfo
    summary: Summary
    file: RunFile

    @property
    def model(self) -> Path:
        """The folder of the trained model, or of its LoRA adapter."""
        return self.path / "checkpoints" / FINAL

    @property
    def is_adapter(self) -> bool:
        """Whether it is a LoRA adapter that needs the base model."""
        return (self.model / "adapter_config.json").is_file()

    @property
    def stage(self) -> str:
        """The stage that the model is of, as results name it."""
        return next(stage for stage, name in stages_of(self.file.config).items() if name == FINAL)


def open_trained(path: Path, toml: Path | None = None) -> Trained:
    """The run in that folder; `toml` names its RUN.toml where it is no longer where it was.

    DataError when there is no run, ConfigError when it is no training, has no model yet, or its base is another one by now.
    """
    info = read_run(path)
    if info.verb != "train":
        raise ConfigError(
            f"this is a run of `rewardkit {info.verb}`; a training is asked for", where=display_path(path)
        )
    trained = Trained(path, info, read_summary(path), _as_it_was_run(info, path, toml))
    if not trained.model.is_dir():
        raise ConfigError(
            "no trained model in checkpoints/final: the same `rewardkit train` goes on until there is one (with folds unless final = false)",
            where=display_path(path),
        )
    _check_base(trained)
    return trained


def as_data(info: RunInfo) -> dict[str, Any]:
    """The tables of RUN.toml as run.json keeps them; what judges may cost is not among them."""
    data = {key: value for key, value in info.config.items() if key in RunConfig.model_fields}
    judge = {"judge": {"model": data["judge"]}} if "judge" in data else {}
    return {**data, **judge, "name": info.name, "seed": info.seed}


def _as_it_was_run(info: RunInfo, path: Path, toml: Path | None) -> RunFile:
    place = toml or (path / info.started_from).resolve()
    if not (info.started_from or toml) or not place.parent.is_dir():
        lost = f"({display_path(place)}) " if info.started_from else ""
        raise ConfigError(
            f"the RUN.toml {lost}of this run is not known here, and its paths are relative to it; name it with --config RUN.toml",
            where=display_path(path),
        )
    lines = read_toml(place).lines if toml is not None or place.is_file() else {}
    return checked(TomlFile(place, as_data(info), lines))


def _check_base(trained: Trained) -> None:
    known, base = trained.info.config.get("model_hash"), trained.file.config.model
    if trained.is_adapter and known is not None and model_identity(base) != known:
        raise ConfigError(
            f"the base model {display_path(base)} has changed since the training, and the adapter fits only the one that it was trained on",
            where=trained.file.toml.where("model"),
        )
