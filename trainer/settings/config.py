"""RUN.toml: what a training run is, read and checked before anything heavy is imported.

    name = "demo"                        # the run folder runs/demo/
    model = "models/bikeshare"           # a folder, or a name on the Hugging Face hub
    seed = 0
    grader = "graders.py:query"          # what the training maximises: any grader, a weighted or gated one too
    method = "grpo"                      # or "raft": fine-tuning on completions that the grader accepts

    [data]
    train = "train.jsonl"                # prompts and references that are trained on
    heldout = "heldout.jsonl"            # prompts for the evaluations before and after; left out: the rows of train, fold by fold
    expert = "expert.jsonl"              # with [sft] or [sft_alone]: rows whose `gold` column is an answer to imitate
    validation = "validation.jsonl"      # with [sft_alone]: chooses its setting; with [warm_start] stop: says when it is enough
    columns = { reference = "answer" }   # our name = the file's

    [sft]                                # optional warm start; keys of trl.SFTConfig
    [warm_start]                         # optional: what [sft] imitates, and until when
    [grpo]                               # keys of trl.GRPOConfig
    [raft]                               # with method = "raft", in place of [grpo]: rounds of sampling and fine-tuning
    [lora]                               # optional; keys of peft.LoraConfig. Without it all weights are trained
    [curriculum]                         # optional: partial credit that fades, prompts by difficulty, saturated groups drawn anew
    [mixed]                              # optional: an SFT loss beside GRPO's
    [judge]                              # optional: the judge of all rubrics, and what it may cost
    [load]                               # optional; keys of from_pretrained, such as dtype = "bfloat16"

Paths are relative to the folder of RUN.toml. A wrong key is named with its file and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from rewardkit.data_folders import is_data_folder
from rewardkit.errors import ConfigError, UsageError, did_you_mean
from rewardkit.paths import display_path, neighbour
from rewardkit.toml_files import TomlFile, read_toml

from ..ranks import DDP_TIMEOUT
from .needs import check_method, check_warm_start
from .tables import (
    Curriculum,
    Data,
    Evaluation,
    Guard,
    Judge,
    Mixed,
    Preflight,
    Raft,
    Record,
    RunConfig,
    SftAlone,
    WarmStart,
)


@dataclass(frozen=True, slots=True)
class RunFile:
    """A checked RUN.toml and the file it came from, which knows the line of every key."""

    config: RunConfig
    toml: TomlFile

    @property
    def folder(self) -> Path:
        """The folder that its paths are relative to."""
        return self.toml.path.parent.resolve()


def load_config(path: Path, *, seed: int | None = None, control: str | None = None) -> RunFile:
    """Read and check RUN.toml; ConfigError with file and line. Keys of [sft], [grpo], [raft.sft] and [lora] are checked in `arguments`.

    `control` and `seed` take the place of the file's; the run is then called NAME-control-KIND, NAME-seedN or NAME-control-KIND-seedN.
    """
    toml = read_toml(path)
    for key, value, suffix in (("control", control, f"control-{control}"), ("seed", seed, f"seed{seed}")):
        if value is not None:
            named = {"name": f"{toml.data['name']}-{suffix}"} if "name" in toml.data else {}
            toml = replace(toml, data={**toml.data, **named, key: value})
    return checked(toml)


def checked(toml: TomlFile) -> RunFile:
    """The configuration that a RUN.toml describes; ConfigError with file and line."""
    try:
        parsed = RunConfig.model_validate(toml.data)
    except ValidationError as error:
        raise _explained(toml, error) from None
    folder = toml.path.parent.resolve()
    data = parsed.data.model_copy(
        update={
            key: _data_file(toml, folder, key, getattr(parsed.data, key))
            for key in ("train", "heldout", "unlabelled", "expert", "validation")
        }
    )
    evaluation = parsed.eval.model_copy(
        update={"graders": tuple(target_in(folder, target) for target in parsed.eval.graders)}
    )
    holdout = parsed.guard.holdout
    guard = parsed.guard.model_copy(
        update={"holdout": None if holdout is None else target_in(folder, holdout)}
    )
    config = parsed.model_copy(
        update={
            "guard": guard,
            "model": _model(toml, folder, parsed.model),
            "grader": target_in(folder, parsed.grader),
            "data": data,
            "eval": evaluation,
        }
    )
    _check_needs(toml, config)
    return RunFile(config, toml)


def ddp_timeout(path: Path) -> float:
    """The longest `ddp_timeout` that a RUN.toml sets, in seconds: processes are connected before the file is checked."""
    try:
        tables = read_toml(path).data
    except (UsageError, OSError):
        return DDP_TIMEOUT  # what is wrong with it is said once they are connected
    raft = tables.get("raft")
    rounds = raft.get("sft") if isinstance(raft, dict) else None
    asked = [
        table.get("ddp_timeout")
        for table in (tables.get("sft"), tables.get("grpo"), rounds)
        if isinstance(table, dict)
    ]
    return max((seconds for seconds in asked if isinstance(seconds, int)), default=DDP_TIMEOUT)


def target_in(folder: Path, target: str) -> str:
    """A grader target whose path, if it is one, is taken relative to `folder`: `graders.py:exact`, `verl+score.py:compute_score`."""
    shape, plus, rest = target.rpartition("+")
    source, colon, name = rest.rpartition(":")
    if not colon:
        source, name = rest, ""
    if source.endswith((".py", ".toml")) or "/" in source or (folder / source).is_dir():
        source = str(folder / source)
    return f"{shape}{plus}{source}{colon}{name}"


def unknown_key(toml: TomlFile, table: str, key: str, allowed: Mapping[str, Any] | list[str]) -> ConfigError:
    """The error for a key that a table does not have."""
    place = f" in [{table}]" if table else ""
    hint = did_you_mean(key, allowed)
    listed = "" if len(allowed) > 20 else f" Allowed: {', '.join(allowed)}."
    return ConfigError(
        f"unknown key '{key}'{place}.{hint}{listed}", where=toml.where(*filter(None, table.split(".")), key)
    )


def _explained(toml: TomlFile, error: ValidationError) -> ConfigError:
    # A misspelt key makes the right one missing: the misspelling is the better answer.
    found = sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
    first = found[0]
    keys = [str(part) for part in first["loc"]]
    table, key = ".".join(keys[:-1]), keys[-1]
    if first["type"] == "extra_forbidden":
        return unknown_key(toml, table, key, list(_model_of(keys[:-1]).model_fields))
    if first["type"] == "missing":
        place = f"[{table}] needs '{key}'" if table else f"it needs '{key}'"
        return ConfigError(place, where=toml.where(*keys))
    message = first["msg"].removeprefix("Value error, ")
    return ConfigError(f"{'.'.join(keys)} = {first['input']!r:.60}: {message}", where=toml.where(*keys))


def _model_of(keys: list[str]) -> type[BaseModel]:
    tables: dict[str, type[BaseModel]] = {
        "curriculum": Curriculum,
        "data": Data,
        "eval": Evaluation,
        "guard": Guard,
        "judge": Judge,
        "mixed": Mixed,
        "preflight": Preflight,
        "raft": Raft,
        "record": Record,
        "sft_alone": SftAlone,
        "warm_start": WarmStart,
    }
    return tables[keys[0]] if keys else RunConfig


def _data_file(toml: TomlFile, folder: Path, key: str, file: Path | None) -> Path | None:
    if file is None:
        return None
    path = folder / file
    if not (path.is_file() or is_data_folder(path)):
        raise ConfigError(
            f"{key} = '{file}': no such file ({display_path(path)}){neighbour(path)}",
            where=toml.where("data", key),
        )
    return path


def _model(toml: TomlFile, folder: Path, model: str) -> str:
    """An absolute folder, or a hub name as it is. A LoRA adapter keeps this path, so it must not be relative."""
    path = folder / Path(model).expanduser()
    if path.is_dir():
        return str(path.resolve())
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise ConfigError(
            f"model = '{model}': no such folder ({display_path(path)}). Make it first (if a script of the project builds it, run that), "
            "or give another Hugging Face folder or a hub name such as 'org/name'",
            where=toml.where("model"),
        )
    return model


def _check_needs(toml: TomlFile, config: RunConfig) -> None:
    _check_split(toml, config)
    check_method(toml, config)
    check_warm_start(toml, config)
    for key in ("holdout", "stop_on_checks"):
        if getattr(config.guard, key) and not config.guard.checks:
            raise ConfigError(f"{key} has no effect with checks = false", where=toml.where("guard", key))
    _check_curriculum(toml, config)
    imitating = config.mixed is not None and config.mixed.on != "accepted"
    needing = {"sft_alone": config.sft_alone is not None, "mixed": imitating}
    for table in (table for table, needs in needing.items() if needs):
        if config.data.expert is None:
            raise ConfigError(
                f"[{table}] needs [data] expert, a file whose '{config.data.gold}' column holds the answers to imitate",
                where=toml.where(table),
            )
    if config.sft_alone is not None and config.data.validation is None:
        raise ConfigError(
            "[sft_alone] needs [data] validation: its setting is chosen there, never on the held-out data",
            where=toml.where("sft_alone"),
        )


def _check_curriculum(toml: TomlFile, config: RunConfig) -> None:
    curriculum = config.curriculum
    if curriculum.shaping == "none":
        for key in ("anneal_from", "anneal_to"):
            if key in curriculum.model_fields_set:
                raise ConfigError(
                    f'{key} has no effect without shaping = "anneal"', where=toml.where("curriculum", key)
                )
    elif curriculum.anneal_from > curriculum.anneal_to:
        raise ConfigError(
            f"anneal_from = {curriculum.anneal_from:g} comes after anneal_to = {curriculum.anneal_to:g}; both are shares of the training, 0 to 1",
            where=toml.where("curriculum", "anneal_from"),
        )


def _check_split(toml: TomlFile, config: RunConfig) -> None:
    """Keys of [data] that say how rows are held out, and have no effect or no sense together."""
    data, given = config.data, config.data.model_fields_set

    def refuse(key: str, why: str, table: str = "data") -> None:
        raise ConfigError(why, where=toml.where(table, key))

    if data.heldout is not None:
        for key in ("folds", "final"):
            if key in given:
                refuse(
                    key,
                    f"{key} has no effect with heldout: folds are made of the rows of train when there is no heldout file",
                )
    elif data.folds == 1:
        refuse(
            "folds", "folds = 1 leaves no row to train on; allowed: 2 or more, or 0 with [data] unlabelled"
        )
    elif data.folds == 0:
        if data.unlabelled is None:
            refuse(
                "folds",
                "folds = 0 holds out nothing, so it needs [data] unlabelled, prompts that a rubric judges; or 2 folds or more",
            )
        if not data.final:
            refuse("final", "final = false leaves nothing to train with folds = 0")
    else:
        if not data.final and data.unlabelled is not None:
            refuse(
                "final",
                "unlabelled prompts are answered by the model that is trained on all rows, so final must be true",
            )
        if config.eval.limit is not None:
            refuse(
                "limit",
                "limit has no effect with folds, where every row is held out once; give [data] heldout, or remove it",
                "eval",
            )
