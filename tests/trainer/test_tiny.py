"""The tiny base model: built, pre-trained, saved and found again."""

from pathlib import Path

import pytest

from rewardkit.errors import UsageError
from rewardkit.trainer.tiny import TinyConfig, pretrain

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SMALL = TinyConfig(
    vocabulary=300, hidden=32, layers=1, heads=2, steps=120, batch=8, learning_rate=1e-2, context=32
)
PAIRS = [
    (f"say {word}", word.upper())
    for word in ("red", "green", "blue", "seven", "eight", "north", "south", "west")
]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pretrain(PAIRS, tmp_path_factory.mktemp("tiny") / "model", config=SMALL)


def test_the_folder_reloads_and_answers_what_it_was_taught(folder: Path) -> None:
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer.apply_chat_template(
        [{"role": "user", "content": "say north"}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    output = model.generate(**inputs, max_new_tokens=8, do_sample=False)
    answer = tokenizer.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    assert answer == "NORTH"


def test_the_rendered_prompt_is_a_prefix_of_prompt_and_completion(folder: Path) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    messages = [{"role": "user", "content": "say red"}, {"role": "assistant", "content": "RED"}]
    prompt = tokenizer.apply_chat_template(messages[:1], tokenize=False, add_generation_prompt=True)
    assert tokenizer.apply_chat_template(messages, tokenize=False) == f"{prompt}RED<|end|>"


def test_the_same_seed_gives_the_same_weights(folder: Path, tmp_path: Path) -> None:
    again = pretrain(PAIRS, tmp_path / "again", config=SMALL)
    assert (again / "model.safetensors").read_bytes() == (folder / "model.safetensors").read_bytes()


def test_another_seed_gives_other_weights(folder: Path, tmp_path: Path) -> None:
    other = pretrain(PAIRS, tmp_path / "other", config=SMALL, seed=1)
    assert (other / "model.safetensors").read_bytes() != (folder / "model.safetensors").read_bytes()


def test_a_folder_with_the_same_recipe_is_left_as_it_is(folder: Path) -> None:
    steps: list[int] = []
    pretrain(PAIRS, folder, config=SMALL, progress=lambda step, total, loss: steps.append(step))
    assert steps == []


def test_other_pairs_replace_the_model(tmp_path: Path) -> None:
    short = TinyConfig(vocabulary=300, hidden=32, layers=1, heads=2, steps=2, batch=4)
    steps: list[tuple[int, int]] = []
    pretrain(PAIRS, tmp_path / "model", config=short)
    pretrain(
        PAIRS[:4],
        tmp_path / "model",
        config=short,
        progress=lambda step, total, loss: steps.append((step, total)),
    )
    assert steps == [(1, 2), (2, 2)]


def test_a_folder_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match=r"holds no recipe\.json"):
        pretrain(PAIRS, tmp_path, config=SMALL)
    assert (tmp_path / "thesis.txt").exists()


def test_fewer_pairs_than_a_batch_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2 pairs are fewer than one batch of 8"):
        pretrain(PAIRS[:2], tmp_path / "model", config=SMALL)


def test_a_pair_longer_than_the_context_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`context` is 32"):
        pretrain([("x " * 40, "y")] * 8, tmp_path / "model", config=SMALL)
