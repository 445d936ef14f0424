"""A tiny base model made on the spot: a BPE tokenizer and a small Llama, pre-trained on (prompt, completion) pairs.

For demos and tests that must run offline on a CPU. What comes out is an ordinary Hugging Face folder with a chat template,
so everything that trains or evaluates a real model takes it unchanged.

    pairs = [("What is 2 + 2?", "4"), ...]
    folder = pretrain(pairs, Path("models/adder"), config=TinyConfig(steps=300))

The number of steps is fixed and every draw is seeded, so the same pairs give the same weights on the same machine and
versions. A second call with the same pairs, config and seed finds the folder and returns at once. This is no way to get a
useful language model: it knows the pairs and little else.
"""

import hashlib
import json
import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rewardkit.errors import UsageError

Pair = tuple[str, str]
Progress = Callable[[int, int, float], None]  # (steps done, steps in all, loss)

_RECIPE = "recipe.json"
_RECIPE_VERSION = 1  # raise it when a change below alters the weights
_USER, _ASSISTANT, _END, _PAD = "<|user|>", "<|assistant|>", "<|end|>", "<|pad|>"
# The rendered prompt is a prefix of the rendered prompt and completion: fine-tuning libraries rely on it.
_CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
_IGNORED = -100  # the label that the loss skips


@dataclass(frozen=True, slots=True)
class TinyConfig:
    """Sizes of the model and length of its pre-training; the defaults take about two CPU-minutes."""

    vocabulary: int = 600
    hidden: int = 96
    layers: int = 2
    heads: int = 4
    context: int = 256  # tokens of prompt and completion together
    steps: int = 600
    batch: int = 64
    learning_rate: float = 4e-3
    warmup: float = 0.05  # share of the steps


def pretrain(
    pairs: Sequence[Pair],
    folder: Path,
    *,
    config: TinyConfig | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Path:
    """Builds, pre-trains and saves a tiny causal language model; returns the folder.

    The loss covers the completions only. A folder that holds the same recipe (pairs, config, seed) is left as it is; one
    with another recipe is replaced; a folder that this function did not write raises UsageError.
    """
    config = config or TinyConfig()
    recipe = _recipe(pairs, config, seed)
    if _is_current(folder, recipe):
        return folder
    tokenizer = _train_tokenizer([text for pair in pairs for text in pair], config.vocabulary)
    examples = [_encode(tokenizer, pair) for pair in pairs]
    _check_lengths(examples, config)
    model = _new_model(tokenizer, config, seed)
    _fit(model, examples, config, seed, progress)
    _save(model, tokenizer, folder, recipe)
    return folder


def _recipe(pairs: Sequence[Pair], config: TinyConfig, seed: int) -> dict[str, object]:
    digest = hashlib.sha256(json.dumps(list(pairs), ensure_ascii=False).encode()).hexdigest()
    return {"version": _RECIPE_VERSION, "pairs": len(pairs), "sha256": digest, "seed": seed, **asdict(config)}


def _is_current(folder: Path, recipe: dict[str, object]) -> bool:
    if not folder.exists() or not any(folder.iterdir()):
        return False
    file = folder / _RECIPE
    if not file.is_file():
        raise UsageError(
            f"{folder} exists and holds no {_RECIPE}, so it is not a tiny model made here; it would be replaced. "
            "Name another folder or remove it."
        )
    return bool(json.loads(file.read_text(encoding="utf-8")) == recipe)


def _train_tokenizer(texts: Sequence[str], vocabulary: int) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    # Digits one by one: a number never seen before is still spelt with tokens that were.
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[_PAD, _END, _USER, _ASSISTANT, "<|system|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token=_END,
        pad_token=_PAD,
        padding_side="left",
        chat_template=_CHAT_TEMPLATE,
        model_input_names=["input_ids", "attention_mask"],
        clean_up_tokenization_spaces=False,
    )


def _encode(tokenizer: Any, pair: Pair) -> tuple[list[int], int]:
    """The tokens of the rendered pair and how many of them are prompt."""
    prompt, completion = pair
    prompt_ids = tokenizer.encode(f"{_USER}{prompt}{_END}{_ASSISTANT}", add_special_tokens=False)
    completion_ids = tokenizer.encode(f"{completion}{_END}", add_special_tokens=False)
    return [*prompt_ids, *completion_ids], len(prompt_ids)


def _check_lengths(examples: Sequence[tuple[list[int], int]], config: TinyConfig) -> None:
    if len(examples) < config.batch:
        raise UsageError(
            f"{len(examples)} pairs are fewer than one batch of {config.batch}; give more or lower `batch`."
        )
    longest = max(len(tokens) for tokens, _ in examples)
    if longest > config.context:
        raise UsageError(
            f"the longest pair has {longest} tokens, `context` is {config.context}; raise it or cut the pair."
        )


def _new_model(tokenizer: Any, config: TinyConfig, seed: int) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=config.hidden,
            intermediate_size=2 * config.hidden,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            max_position_embeddings=config.context,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def _fit(
    model: Any,
    examples: Sequence[tuple[list[int], int]],
    config: TinyConfig,
    seed: int,
    progress: Progress | None,
) -> None:
    import torch

    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, config))
    batches = _batches(examples, config.batch, seed)
    model.train()
    for step in range(1, config.steps + 1):
        inputs, labels = _pad(next(batches), model.config.pad_token_id)
        loss = model(input_ids=inputs, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if progress is not None:
            progress(step, config.steps, loss.item())
    model.eval()


def _rate(step: int, config: TinyConfig) -> float:
    """Share of the full learning rate: a linear warm-up, then a cosine down to a twentieth."""
    warmup = max(1, round(config.warmup * config.steps))
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(1, config.steps - warmup)
    return 0.05 + 0.475 * (1 + math.cos(math.pi * done))


def _batches(examples: Sequence[Any], size: int, seed: int) -> Iterator[list[Any]]:
    """Endless batches, shuffled anew in every pass; the incomplete last batch of a pass is left out."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(len(examples), generator=generator).tolist()
        for start in range(0, len(order) - size + 1, size):
            yield [examples[index] for index in order[start : start + size]]


def _pad(batch: Sequence[tuple[list[int], int]], pad: int) -> tuple[Any, Any]:
    """Inputs and labels of shape (batch, longest), padded on the right: with a causal mask no token sees the padding."""
    import torch

    width = max(len(tokens) for tokens, _ in batch)
    inputs = torch.full((len(batch), width), pad)
    labels = torch.full((len(batch), width), _IGNORED)
    for row, (tokens, prompt_length) in enumerate(batch):
        inputs[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, prompt_length : len(tokens)] = torch.tensor(tokens[prompt_length:])
    return inputs, labels


def _save(model: Any, tokenizer: Any, folder: Path, recipe: dict[str, object]) -> None:
    """Writes beside the folder first, so that a run that is killed leaves no half model behind."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    model.save_pretrained(unfinished)
    tokenizer.save_pretrained(unfinished)
    (unfinished / _RECIPE).write_text(json.dumps(recipe, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
