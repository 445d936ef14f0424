"""RUN.toml: what is read, and that every mistake is named with its file and line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic.fields import FieldInfo
from training_projects import RAFT, RUN, project

from rewardkit.errors import ConfigError
from rewardkit.trainer.settings.config import RunFile, load_config, target_in
from rewardkit.trainer.settings.tables import RunConfig, Table

GUIDE = Path(__file__).parents[2] / "docs" / "training.md"


@pytest.fixture
def empty_model(tmp_path: Path) -> Path:
    """A model folder with nothing in it: reading RUN.toml does not load it."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def load(tmp_path: Path, model: Path, text: str) -> RunFile:
    return load_config(project(tmp_path / "p", model, run=text))


def refused(tmp_path: Path, model: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, model, text)
    return str(caught.value)


def test_paths_are_relative_to_the_folder_of_run_toml(tmp_path: Path, empty_model: Path) -> None:
    config = load(tmp_path, empty_model, RUN).config
    assert config.model == str(tmp_path / "p" / "model")
    assert config.data.train == tmp_path / "p" / "train.jsonl"
    assert config.grader == f"{tmp_path}/p/graders.py:letters"


def test_a_model_that_is_no_folder_is_a_hub_name(tmp_path: Path, empty_model: Path) -> None:
    text = RUN.replace('model = "model"', 'model = "Qwen/Qwen3-0.6B"')
    assert load(tmp_path, empty_model, text).config.model == "Qwen/Qwen3-0.6B"


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path, empty_model: Path) -> None:
    text = RUN.replace('model = "model"', 'model = "./modle"')
    assert "run.toml:3: model = './modle': no such folder" in refused(tmp_path, empty_model, text)


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_one(tmp_path: Path, empty_model: Path) -> None:
    text = RUN.replace("k = 2", "kk = 2").replace("[eval]", "[eval]\nbatchsize = 3")
    message = refused(tmp_path, empty_model, text)
    assert "run.toml:28: unknown key 'batchsize' in [eval]. Did you mean 'batch_size'?" in message


def test_an_unknown_table_is_named_too(tmp_path: Path, empty_model: Path) -> None:
    message = refused(tmp_path, empty_model, RUN.replace("[grpo]", "[gpro]"))
    assert "run.toml:17: unknown key 'gpro'. Did you mean 'grpo'?" in message


def test_a_value_of_the_wrong_kind_is_named(tmp_path: Path, empty_model: Path) -> None:
    message = refused(tmp_path, empty_model, RUN.replace("k = 2", 'k = "two"'))
    assert "run.toml:28: eval.k = 'two'" in message


def test_a_missing_file_is_named_with_the_nearest_one(tmp_path: Path, empty_model: Path) -> None:
    message = refused(tmp_path, empty_model, RUN.replace('"train.jsonl"', '"trian.jsonl"'))
    assert "run.toml:7: train = 'trian.jsonl': no such file" in message
    assert "Did you mean 'train.jsonl'?" in message


def test_a_warm_start_needs_expert_rows(tmp_path: Path, empty_model: Path) -> None:
    message = refused(tmp_path, empty_model, RUN.replace('expert = "expert.jsonl"\n', ""))
    assert "[sft] needs [data] expert" in message


def test_choosing_a_setting_needs_a_validation_file(tmp_path: Path, empty_model: Path) -> None:
    text = RUN.replace('validation = "validation.jsonl"\n', "")
    text += "[sft_alone]\nlearning_rate = [1e-3]\nnum_train_epochs = [1]\n"
    assert "[sft_alone] needs [data] validation" in refused(tmp_path, empty_model, text)


def test_each_method_needs_its_table_and_refuses_that_of_the_other(tmp_path: Path, empty_model: Path) -> None:
    both = RAFT + "\n[grpo]\nmax_steps = 2\n"
    message = refused(tmp_path, empty_model, both)
    assert 'run.toml:28: [grpo] has no effect with method = "raft"; remove the table' in message
    lonely = RUN.replace("[grpo]", "[lora]").split("[lora]")[0]
    assert 'it needs the table [grpo], or method = "raft" and a table [raft]' in refused(
        tmp_path, empty_model, lonely
    )
    assert "run.toml:5: it needs the table [raft]" in refused(tmp_path, empty_model, RAFT.split("[raft]")[0])


def test_a_misspelt_key_of_a_round_is_named_with_its_line(tmp_path: Path, empty_model: Path) -> None:
    message = refused(tmp_path, empty_model, RAFT.replace("most = 2", "mots = 2"))
    assert "run.toml:16: unknown key 'mots' in [raft]. Did you mean 'most'?" in message


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("most = 2", 'most has no effect with on = "expert"'),
        ("patience = 3", "patience has no effect without stop = true"),
        ("stop = true", "stop = true needs [data] validation"),
        ('on = "accepted"\nmost = 0', "warm_start.most = 0"),
    ],
)
def test_keys_of_a_warm_start_that_lack_what_they_need_are_refused(
    keys: str, why: str, tmp_path: Path, empty_model: Path
) -> None:
    text = RUN.replace('validation = "validation.jsonl"\n', "") + f"\n[warm_start]\n{keys}\n"
    assert why in refused(tmp_path, empty_model, text)


def test_a_warm_start_needs_its_settings(tmp_path: Path, empty_model: Path) -> None:
    text = RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "") + "\n[warm_start]\n"
    assert "[warm_start] needs the table [sft]" in refused(tmp_path, empty_model, text)


def test_a_warm_start_on_accepted_completions_needs_no_expert_rows(tmp_path: Path, empty_model: Path) -> None:
    text = RUN.replace('expert = "expert.jsonl"\n', "") + '\n[warm_start]\non = "accepted"\n'
    config = load(tmp_path, empty_model, text).config
    assert config.warm_start is not None
    assert config.warm_start.on == "accepted"


@pytest.mark.parametrize(
    ("target", "resolved"),
    [
        ("graders.py:exact", "/p/graders.py:exact"),
        ("verl+score.py:compute_score", "verl+/p/score.py:compute_score"),
        ("rewardkit.graders.sql:text_to_sql", "rewardkit.graders.sql:text_to_sql"),
        ("text_to_sql", "text_to_sql"),
        ("claims.toml", "/p/claims.toml"),
    ],
)
def test_only_paths_of_graders_are_resolved(target: str, resolved: str) -> None:
    assert target_in(Path("/p"), target) == resolved


def test_a_model_folder_that_is_missing_says_to_make_it(tmp_path: Path, empty_model: Path) -> None:
    message = refused(tmp_path, empty_model, RUN.replace('model = "model"', 'model = "../models/base"'))
    assert "Make it first (if a script of the project builds it, run that)" in message


def documented() -> Iterator[tuple[str, str]]:
    """Key and default of every line of the guide's table."""
    for key, default in re.findall(
        r"^\| `(.+?)` \| (.+?) \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE
    ):
        yield key, default.strip("`")


def existing() -> Iterator[tuple[str, str]]:
    """The same from the models that read RUN.toml."""
    for name, field in RunConfig.model_fields.items():
        kinds = [field.annotation, *get_args(field.annotation)]
        table = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Table)), None)
        if table is not None:
            yield from ((f"[{name}] {key}", shown(inner)) for key, inner in table.model_fields.items())
        else:
            yield (f"[{name}]" if "Mapping" in str(field.annotation) else name), shown(field)


def shown(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return "none" if field.default is None else json.dumps(field.default)


def test_the_guide_has_every_key_with_its_default() -> None:
    assert dict(documented()) == dict(existing())
