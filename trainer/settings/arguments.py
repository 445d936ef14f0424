"""From the [sft], [grpo], [raft.sft] and [lora] tables of RUN.toml to TRL's and peft's own configurations, keys checked against their fields.

Our defaults differ from TRL's where theirs cost a small or resumable run dearly:

- `shuffle_dataset = False`: TRL reshuffles each epoch from a generator that no checkpoint holds, so a resumed run sees other prompts.
  `data.training_order` shuffles instead, by the run's seed.
- `lr_scheduler_type = "constant"`: TRL's linear decay reaches 0 at the last step, which wastes the end of a short run.
- without a GPU: no bf16 (4 times slower on a CPU without it), no gradient checkpointing.
- one logged line per optimiser step, nothing reported to third parties.
- several processes: every weight is taken to be used at every step.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from rewardkit.errors import ConfigError, MissingExtra, did_you_mean
from rewardkit.toml_files import TomlFile

from .backends import check_backends
from .config import RunFile, unknown_key

_SAVE_STEPS = 10  # about so many steps between two checkpoints

PACKAGES = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")
CHOICES: dict[str, dict[str, tuple[object, ...]]] = {
    "sft": {"loss_type": ("nll", "chunked_nll", "dft")},
    "grpo": {
        "loss_type": ("grpo", "dr_grpo", "dapo", "bnpo", "cispo", "sapo", "luspo", "vespo"),
        "scale_rewards": ("group", "batch", "none", True, False),
        "importance_sampling_level": ("token", "sequence"),
        "multi_objective_aggregation": ("sum_then_normalize", "normalize_then_sum"),
        "vllm_mode": ("colocate", "server"),
        "vllm_importance_sampling_mode": (
            "token_truncate",
            "token_mask",
            "sequence_truncate",
            "sequence_mask",
        ),
    },
}
"""Table -> key -> values, for the options that TRL 1.16 looks at only when it trains, after what comes before has been paid for."""

_OURS = {
    "output_dir": "checkpoints go into the run folder",
    "resume_from_checkpoint": "the same command resumes by itself",
    "model_init_kwargs": "use the table [load]",
    "shuffle_dataset": "rewardkit shuffles by the run's seed, so that a resumed run is the same run",
    "reward_weights": "weigh graders with weighted(...)",
    "packing": "it would mix expert rows",
}


def require_training() -> None:
    """MissingExtra when a package of the extra `train` is not installed; imports none of them."""
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(package, "train")


def check_tables(run: RunFile) -> None:
    """ConfigError, with file and line, for a key that TRL or peft does not have or a value it refuses. Imports TRL (some seconds)."""
    config = run.config
    rounds = None if config.raft is None else config.raft.sft
    tables = {"sft": config.sft, "grpo": config.grpo, "raft.sft": rounds, "lora": config.lora}
    for table, keys in tables.items():
        if keys is not None:
            _check_keys(run.toml, table, keys, _fields(table))
            check_backends(run.toml, table, keys)
    sft_arguments(run, Path("unused"))
    if rounds is None:
        grpo_arguments(run, Path("unused"))
    else:
        round_arguments(run, Path("unused"), 1)
    lora_config(run)
    _check_quantization(run)


def sft_arguments(run: RunFile, output: Path, changes: Mapping[str, Any] | None = None) -> Any:
    """The trl.SFTConfig of the run; `changes` come last (a point of the [sft_alone] grid)."""
    from trl import SFTConfig

    values = {"save_strategy": "no", **_shared(run, output), **(run.config.sft or {}), **(changes or {})}
    return _built(run.toml, "sft", SFTConfig, values)


def round_arguments(run: RunFile, output: Path, number: int) -> Any:
    """The trl.SFTConfig of a round of RAFT, counted from 1; each round shuffles by a seed of its own."""
    from trl import SFTConfig

    assert run.config.raft is not None
    seed = (run.config.seed + number) % 2**32
    values = {"save_strategy": "no", **_shared(run, output), "seed": seed, **run.config.raft.sft}
    return _built(run.toml, "raft.sft", SFTConfig, values)


def grpo_arguments(run: RunFile, output: Path) -> Any:
    """The trl.GRPOConfig of the run. ConfigError when checkpoints would fall between the steps that one generation is used for."""
    from trl import GRPOConfig

    defaults = {
        "shuffle_dataset": False,
        "log_completions": False,
        "save_strategy": "steps",
        "save_steps": _SAVE_STEPS,
    }
    settings = _built(
        run.toml, "grpo", GRPOConfig, {**defaults, **_shared(run, output), **(run.config.grpo or {})}
    )
    _check_saving(run, settings)
    return settings


def lora_config(run: RunFile) -> Any:
    """The peft.LoraConfig of the run, or None when all weights are trained. All linear layers unless `target_modules` says otherwise."""
    if run.config.lora is None:
        return None
    from peft import LoraConfig

    return _built(
        run.toml,
        "lora",
        LoraConfig,
        {"task_type": "CAUSAL_LM", "target_modules": "all-linear", **run.config.lora},
    )


def on_gpu() -> bool:
    """Whether there is a CUDA device to train on; anything else trains on the CPU unless `use_cpu = false` is given."""
    import torch

    return bool(torch.cuda.is_available())


def _check_quantization(run: RunFile) -> None:
    """ConfigError unless a base model in 4 bits is possible here."""
    asked, where = run.config.load.get("quantization"), run.toml.where("load", "quantization")
    if asked is None:
        return
    if asked != "4bit":
        raise ConfigError(f"quantization = {asked!r}; allowed: '4bit' (QLoRA), or leave it out", where=where)
    if run.config.lora is None:
        raise ConfigError(
            "quantization = '4bit' needs [lora]: weights in 4 bits cannot be trained, an adapter on them can",
            where=where,
        )
    if not on_gpu():
        raise ConfigError(
            "quantization = '4bit' needs an NVIDIA GPU, and there is none here; leave it out to train LoRA on the whole weights",
            where=where,
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise ConfigError(
            "quantization = '4bit' needs the package 'bitsandbytes', which is not installed. Install it with: pip install bitsandbytes",
            where=where,
        )


def _shared(run: RunFile, output: Path) -> dict[str, Any]:
    values: dict[str, Any] = {
        "output_dir": str(output),
        "seed": run.config.seed,
        "report_to": "none",
        "project": "rewardkit",  # this and the next are for trackers; where they write is said in `backends`
        "run_name": f"{run.config.name}-{output.name.removesuffix('-steps')}",
        "log_level_replica": "error",  # rank 0 speaks for all; as transformers has it, the others warn of tied weights at a resume
        "logging_steps": 1,
        "disable_tqdm": True,
        "lr_scheduler_type": "constant",
        "save_total_limit": 2,  # two: a kill in the middle of saving must leave one that is whole
        "ddp_find_unused_parameters": False,  # a search through the graph at every step; only a mixture of experts needs it
    }
    if not on_gpu():
        values |= {
            "use_cpu": True,
            "bf16": False,
            "gradient_checkpointing": False,
            "dataloader_pin_memory": False,
        }
    return values


def _check_saving(run: RunFile, settings: Any) -> None:
    """A checkpoint does not hold completions that are yet to be used, so a training that resumed there would be another one."""
    uses = settings.steps_per_generation * settings.num_iterations
    window = uses // math.gcd(uses, settings.gradient_accumulation_steps)
    if "save_steps" not in (run.config.grpo or {}):
        settings.save_steps = math.ceil(_SAVE_STEPS / window) * window
    every = settings.save_steps
    if settings.save_strategy == "steps" and (every < 1 or every % window):
        raise ConfigError(
            f"save_steps = {every:g}: one generation is used for {window} steps (steps_per_generation x num_iterations over "
            "gradient_accumulation_steps), and a training can go on only where one ends. Allowed are whole multiples: "
            f"{window}, {2 * window}, {3 * window} ...",
            where=run.toml.where("grpo", "save_steps"),
        )


def _fields(table: str) -> dict[str, Any]:
    """Field name -> its default, MISSING when it has none."""
    if table == "lora":
        from peft import LoraConfig as Config
    elif table in ("sft", "raft.sft"):
        from trl import SFTConfig as Config
    else:
        from trl import GRPOConfig as Config
    return {field.name: field.default for field in fields(Config) if field.init}


def _check_keys(toml: TomlFile, table: str, keys: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for key, value in keys.items():
        where = toml.where(*table.split("."), key)
        if key in _OURS:
            raise ConfigError(f"'{key}' cannot be set in [{table}]: {_OURS[key]}", where=where)
        if key not in known:
            raise unknown_key(toml, table, key, known)
        default = known[key]
        if default is not MISSING and type(default) in (int, float) and not isinstance(value, int | float):
            raise ConfigError(f"{key} = {value!r} in [{table}] must be a number, like {default}", where=where)
        choices = CHOICES.get(table.removeprefix("raft."), {}).get(key, (value,))
        if value not in choices:
            words = [str(choice) for choice in choices if isinstance(choice, str)]
            raise ConfigError(
                f"{key} = {value!r} in [{table}]; allowed: {', '.join(words)}.{did_you_mean(str(value), words)}",
                where=where,
            )


def _built(toml: TomlFile, table: str, kind: Any, values: Mapping[str, Any]) -> Any:
    try:
        return kind(**values)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"[{table}]: {error}", where=toml.where(*table.split("."))) from None
