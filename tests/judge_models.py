"""A judge made of a real Llama with weights set by hand: it says one text when "friendly" is in the question, the other when "stupid" is.

Every position attends to all before it alike. The two words lie on one axis of the embedding, so that their mean tells which of them was there;
the turn of the assistant opens both texts, each of which is one token, and after a text comes the end.
"""

from __future__ import annotations

from pathlib import Path

TEMPLATE = (
    "{% for message in messages %}{{ '<|user|>' + message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
MET = '{"kind": {"reason": "It is.", "verdict": "met"}}'
UNMET = '{"kind": {"reason": "It is not.", "verdict": "unmet"}}'


def judge_model(
    folder: Path,
    met: str = MET,
    unmet: str = UNMET,
    *,
    template: str | None = TEMPLATE,
    ends: bool = True,
    context: int = 2048,
) -> Path:
    """Save it. Without `ends` it says its text again and again."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<unk>", "<|pad|>", "<|end|>", "<|user|>", "<|assistant|>", "friendly", "stupid", met, unmet]
    core = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.add_special_tokens(words[:5])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        unk_token="<unk>",
        pad_token="<|pad|>",
        eos_token="<|end|>",
        chat_template=template,
    )
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=context,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=2,
        pad_token_id=1,
    )
    model = LlamaForCausalLM(config)
    state = {name: torch.zeros_like(tensor) for name, tensor in model.state_dict().items()}
    for name in state:
        if "norm" in name:
            state[name] += 1
    seen, mean, opens, said = 1, 2, 3, 4  # axes of the embedding
    embedding, head = state["model.embed_tokens.weight"], state["lm_head.weight"]
    embedding[:, 0] = 1
    embedding[5, seen], embedding[6, seen] = 1, -1
    embedding[4, opens] = 1
    embedding[7:, said] = 100
    state["model.layers.0.self_attn.v_proj.weight"][seen, seen] = 1
    state["model.layers.0.self_attn.o_proj.weight"][mean, seen] = 1000
    head[7, mean], head[8, mean] = 1, -1
    head[7:, opens] = 100
    head[2, said] = 100 if ends else 0
    model.load_state_dict(state)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
