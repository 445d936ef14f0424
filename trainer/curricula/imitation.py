"""Answers that are imitated beside GRPO: expert rows, and the training's own completions that were solved.

    loss = GRPO's + weight x mean cross-entropy of the answers' tokens

One answer for each group of completions. The cross-entropy is that of SFT: plain logits, whatever the temperature of sampling.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from rewardkit.scoring.items import seed_of

Pair: TypeAlias = tuple[list[int], list[int]]
"""The tokens of a prompt and of an answer to it, end of sequence included."""

_EACH = 4  # different answers of a prompt that are kept, the newest
_MOST = 4096  # of all


class Accepted:
    """Completions of the training that were solved, the newest four different ones of each prompt; `Kept` in checkpoints."""

    def __init__(self) -> None:
        self._answers: dict[int, list[list[int]]] = {}

    def hear(self, solved: Iterable[tuple[int, list[int]]]) -> None:
        """Keep the tokens of completions, each with the index of its sample."""
        for sample, answer in solved:
            others = [known for known in self._answers.pop(sample, []) if known != answer]
            self._answers[sample] = [*others, answer][-_EACH:]  # the sample is now the newest of all
        while sum(map(len, self._answers.values())) > _MOST:
            del self._answers[next(iter(self._answers))]

    def draw(self, draw: random.Random) -> tuple[int, list[int]] | None:
        """An answer, with the index of its sample: every prompt that has one comes equally often. None when there is none."""
        if not self._answers:
            return None
        sample = draw.choice(sorted(self._answers))
        return sample, draw.choice(self._answers[sample])

    def state(self) -> list[Any]:
        """Samples in the order in which they were last solved, with their answers."""
        return [[sample, answers] for sample, answers in self._answers.items()]

    def restore(self, state: Any) -> None:
        """Go on from a checkpoint."""
        self._answers = dict(state)


class Imitation:
    """What is imitated in each step, drawn by the seed of the run, the step and the process.

    With both `experts` and `accepted` each answer is one or the other with even chances. `tokens_of` gives the tokens of a sample's prompt.
    """

    def __init__(
        self,
        weight: float,
        experts: Sequence[Pair],
        accepted: Accepted | None,
        tokens_of: Callable[[int], list[int]],
        *,
        seed: int,
        rank: int = 0,
    ) -> None:
        self.weight = weight
        self.accepted = accepted
        self._experts = experts
        self._tokens_of = tokens_of
        self._seed = seed
        self._rank = rank

    def draw(self, count: int, step: int, part: int) -> list[Pair]:
        """So many answers for one part of a step; none while nothing was accepted and there are no experts."""
        draw = random.Random(seed_of(self._seed, "imitation", step, part, self._rank))
        return [pair for _ in range(count) if (pair := self._one(draw)) is not None]

    def _one(self, draw: random.Random) -> Pair | None:
        own = None
        if self.accepted is not None and (not self._experts or draw.random() < 0.5):
            own = self.accepted.draw(draw)
        if own is not None:
            sample, answer = own
            return self._tokens_of(sample), answer
        return draw.choice(self._experts) if self._experts else None


def imitation_loss(model: Any, pairs: Sequence[Pair], pad: int) -> Any:
    """The mean cross-entropy, over all tokens of the answers, of a causal language model: a tensor without axes."""
    import torch
    from torch.nn.functional import cross_entropy

    device = next(model.parameters()).device
    longest = max(len(prompt) + len(answer) for prompt, answer in pairs)
    ids = torch.full((len(pairs), longest), pad, device=device)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, -100)
    for row, (prompt, answer) in enumerate(pairs):
        length = len(prompt) + len(answer)
        ids[row, :length] = torch.tensor(prompt + answer, device=device)
        mask[row, :length] = 1
        labels[row, len(prompt) : length] = ids[row, len(prompt) : length]
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
    return cross_entropy(logits[:, :-1].flatten(0, 1).float(), labels[:, 1:].flatten(), ignore_index=-100)


def expert_pairs(rows: Sequence[dict[str, Any]], tokenizer: Any) -> list[Pair]:
    """The tokens of SFT's rows (`sft_rows`), as the model writes them: through its chat template, or the text and the end of sequence."""
    return [_pair(row["prompt"], row["completion"], tokenizer) for row in rows]


def prompt_tokens(prompt: Any, tokenizer: Any) -> list[int]:
    """The tokens of a prompt, text or messages, that a completion follows."""
    if isinstance(prompt, str):
        ids: list[int] = tokenizer(prompt)["input_ids"]
        return ids
    return _templated(tokenizer, prompt, add_generation_prompt=True)


def _pair(prompt: Any, completion: Any, tokenizer: Any) -> Pair:
    asked = prompt_tokens(prompt, tokenizer)
    if isinstance(prompt, str):
        ended = completion + tokenizer.eos_token
        return asked, tokenizer(ended, add_special_tokens=False)["input_ids"]
    whole = _templated(tokenizer, [*prompt, *completion])
    same = next((at for at, (a, b) in enumerate(zip(asked, whole, strict=False)) if a != b), len(asked))
    return whole[:same], whole[same:]  # a template may end a prompt otherwise once there is an answer


def _templated(tokenizer: Any, messages: Sequence[Any], **settings: Any) -> list[int]:
    ids: list[int] = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True, **settings)[
        "input_ids"
    ]
    return ids
