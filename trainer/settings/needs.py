"""Which tables of RUN.toml the method and the warm start need, and which have no effect beside them."""

from __future__ import annotations

from rewardkit.errors import ConfigError
from rewardkit.toml_files import TomlFile

from .tables import RunConfig

_SAMPLED = ("num_generations", "temperature", "accept", "most")
"""Keys of [warm_start] about completions that are sampled for it."""


def check_method(toml: TomlFile, config: RunConfig) -> None:
    """ConfigError unless the table of the method is there, and that of the other is not."""
    other = "raft" if config.method == "grpo" else "grpo"
    if getattr(config, other) is not None:
        raise ConfigError(
            f'[{other}] has no effect with method = "{config.method}"; remove the table, or set method = "{other}"',
            where=toml.where(other),
        )
    if getattr(config, config.method) is None:
        more = "" if config.method == "raft" else ', or method = "raft" and a table [raft]'
        raise ConfigError(f"it needs the table [{config.method}]{more}", where=toml.where("method"))
    for table in ("curriculum", "mixed"):
        if config.method == "raft" and table in config.model_fields_set:
            raise ConfigError(
                f'[{table}] has no effect with method = "raft"; remove the table, or set method = "grpo"',
                where=toml.where(table),
            )


def check_warm_start(toml: TomlFile, config: RunConfig) -> None:
    """ConfigError when [sft] or [warm_start] lacks what it needs, or has keys without effect."""
    warm = config.warm_start
    on = "expert" if warm is None else warm.on
    if config.sft is not None and on != "accepted" and config.data.expert is None:
        raise ConfigError(
            f"[sft] needs [data] expert, a file whose '{config.data.gold}' column holds the answers to imitate; or "
            '[warm_start] on = "accepted", to imitate what the grader accepts of the model\'s own',
            where=toml.where("sft"),
        )
    if warm is None:
        return
    if config.sft is None:
        raise ConfigError("[warm_start] needs the table [sft], its settings", where=toml.where("warm_start"))
    given = warm.model_fields_set
    for key in _SAMPLED:
        if key in given and warm.on == "expert":
            raise ConfigError(
                f'{key} has no effect with on = "expert", which samples nothing; allowed with "accepted" and "both"',
                where=toml.where("warm_start", key),
            )
    if "patience" in given and not warm.stop:
        raise ConfigError(
            "patience has no effect without stop = true", where=toml.where("warm_start", "patience")
        )
    if warm.stop and config.data.validation is None:
        raise ConfigError(
            "stop = true needs [data] validation: the graders say there when it is enough, never on the held-out data",
            where=toml.where("warm_start", "stop"),
        )
