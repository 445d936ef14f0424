"""Local generation with a real (tiny) model: seeds, padding, ends, adapters, and what it leaves untouched."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_models import PROMPTS, tiny_model

from rewardkit.errors import ConfigError, MissingExtra
from rewardkit.evaluating.huggingface import HuggingFaceModel
from rewardkit.evaluating.models import Sampling, open_model

pytestmark = pytest.mark.slow  # importing torch and transformers takes seconds

SAMPLED = Sampling(max_tokens=8)
GREEDY = Sampling(max_tokens=8, temperature=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> HuggingFaceModel:
    return HuggingFaceModel.load(str(folder))


def texts(model: HuggingFaceModel, prompts: list[Any], sampling: Sampling, seed: int = 0) -> list[str]:
    return [g.text for g in model.generate(prompts, sampling, [seed + i for i in range(len(prompts))])]


def test_the_same_batch_and_seeds_give_the_same_completions(model: HuggingFaceModel) -> None:
    assert texts(model, PROMPTS, SAMPLED) == texts(model, PROMPTS, SAMPLED)


def test_other_seeds_give_other_completions(model: HuggingFaceModel) -> None:
    assert texts(model, PROMPTS, SAMPLED) != texts(model, PROMPTS, SAMPLED, seed=100)


def test_padding_of_a_batch_does_not_change_greedy_completions(model: HuggingFaceModel) -> None:
    alone = [texts(model, [prompt], GREEDY)[0] for prompt in PROMPTS]
    assert texts(model, PROMPTS, GREEDY) == alone


def test_generation_leaves_the_random_state_and_the_training_mode_alone(model: HuggingFaceModel) -> None:
    import torch

    model.model.train()
    before = torch.get_rng_state()
    texts(model, PROMPTS[:1], SAMPLED)
    assert model.model.training
    assert torch.equal(before, torch.get_rng_state())
    model.model.eval()


def test_a_completion_ends_before_its_end_token_and_says_whether_it_was_cut(model: HuggingFaceModel) -> None:
    generations = model.generate(PROMPTS, Sampling(max_tokens=1), list(range(8)))
    assert {(g.finish, g.tokens) for g in generations} <= {("length", 1), ("stop", 0)}
    assert all("<|end|>" not in g.text for g in model.generate(PROMPTS, SAMPLED, list(range(8))))


def test_a_stop_text_ends_a_completion_and_is_not_part_of_it(model: HuggingFaceModel) -> None:
    (whole,) = texts(model, [PROMPTS[2]], GREEDY)
    assert len(whole) >= 2
    (cut,) = model.generate([PROMPTS[2]], Sampling(max_tokens=8, temperature=0, stop=(whole[1],)), [0])
    assert (cut.text, cut.finish) == (whole[: whole.index(whole[1])], "stop")


def test_the_settings_of_a_models_own_generation_config_do_not_change_sampling(
    folder: Path, model: HuggingFaceModel
) -> None:
    other = HuggingFaceModel.load(str(folder))
    other.model.generation_config.update(do_sample=True, top_k=1, repetition_penalty=5.0, temperature=0.01)
    assert texts(other, PROMPTS, SAMPLED) == texts(model, PROMPTS, SAMPLED)


def test_a_tokenizer_without_a_pad_token_will_do(folder: Path, model: HuggingFaceModel) -> None:
    other = HuggingFaceModel.load(str(folder))
    other.tokenizer.pad_token = None
    assert texts(other, PROMPTS, GREEDY) == texts(model, PROMPTS, GREEDY)


def test_the_end_of_turn_of_the_template_ends_a_completion_even_when_eos_is_another_token(
    folder: Path,
) -> None:
    model = HuggingFaceModel.load(str(folder))
    model.tokenizer.eos_token = "<|user|>"
    model.model.generation_config.eos_token_id = None
    wrapped = HuggingFaceModel.from_loaded(model.model, model.tokenizer, name="tiny")
    assert model.tokenizer.convert_tokens_to_ids("<|end|>") in wrapped.end_tokens


def test_without_a_chat_template_the_text_itself_is_the_prompt(folder: Path) -> None:
    model = HuggingFaceModel.load(str(folder))
    model.tokenizer.chat_template = None
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say one."}]
    assert texts(model, [messages], GREEDY) == texts(model, ["Be brief.\n\nSay one."], GREEDY)


def test_a_lone_surrogate_and_an_empty_prompt_are_generated_for(model: HuggingFaceModel) -> None:
    assert len(texts(model, ["\ud800", ""], GREEDY)) == 2


def test_a_prompt_longer_than_the_context_is_an_error_that_says_so(model: HuggingFaceModel) -> None:
    with pytest.raises(ConfigError, match="the context of tiny is 64"):
        model.generate(["one " * 100], GREEDY, [0])


@pytest.mark.filterwarnings("ignore:Could not find a config file in base:UserWarning")
def test_a_lora_adapter_loads_with_its_base_beside_it(
    folder: Path, tmp_path: Path, model: HuggingFaceModel
) -> None:
    import peft

    shutil.copytree(folder, tmp_path / "adapter" / "base")
    base = HuggingFaceModel.load(str(folder)).model
    adapted = peft.get_peft_model(
        base, peft.LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM")
    )
    adapted.peft_config["default"].base_model_name_or_path = "base"
    adapted.save_pretrained(tmp_path / "adapter")
    loaded = HuggingFaceModel.load(str(tmp_path / "adapter"))
    # A fresh adapter changes nothing: its second matrix is zero.
    assert texts(loaded, PROMPTS, GREEDY) == texts(model, PROMPTS, GREEDY)


def test_a_folder_that_is_no_model_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigError, match="cannot load the model"):
        open_model(str(tmp_path))


def test_without_torch_the_install_line_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"'torch'.*pip install 'rewardkit-rft\[train\]'"):
        open_model(str(folder))
