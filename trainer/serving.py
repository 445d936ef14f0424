"""How a trained model is loaded and served, as the model card says it."""

from __future__ import annotations

from pathlib import Path

from .finished import Trained

_ADAPTER = """With peft and transformers:

```python
from peft import AutoPeftModelForCausalLM
from transformers import AutoTokenizer

model = AutoPeftModelForCausalLM.from_pretrained("{place}")    # loads the base model too
tokenizer = AutoTokenizer.from_pretrained("{place}")
```

With vLLM, beside the base model and under a name of its own (written by its documentation; not run here):

```sh
vllm serve {base} --enable-lora --max-lora-rank {rank} --lora-modules {name}={place}
```

`rewardkit export {run} FOLDER` merges it into the base model, for what loads no adapters."""

_WHOLE = """With transformers:

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

model = AutoModelForCausalLM.from_pretrained("{place}")
tokenizer = AutoTokenizer.from_pretrained("{place}")
```

With vLLM (written by its documentation; not run here): `vllm serve {place}`."""

_PROMPTS = """

Prompts are {shown}. {system}`rewardkit try {run}` shows answers beside those of the base model."""

_LOCAL = """

The base model is a folder of the machine of the training. Elsewhere, `base_model_name_or_path` in adapter_config.json must name where it lies there."""

_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # what vLLM 0.2x takes as --max-lora-rank


def how_to_use(trained: Trained, *, adapter: bool, place: Path) -> str:
    """Markdown: loading with transformers, serving with vLLM, and how prompts were shown."""
    config, run = trained.file.config, trained.info.name
    rank = int((config.lora or {}).get("r", 8))
    base = Path(config.model).name if Path(config.model).is_dir() else config.model
    told = (_ADAPTER if adapter else _WHOLE).format(
        place=place.name,
        base=base,
        name=trained.info.name,
        rank=next((allowed for allowed in _RANKS if allowed >= rank), rank),
        run=run,
    )
    if adapter and Path(config.model).is_dir():
        told += _LOCAL
    chat = (trained.model / "chat_template.jinja").is_file()
    return told + _PROMPTS.format(
        shown="messages of a user, through the chat template" if chat else "plain text",
        system="The system message of the training belongs before them. " if config.data.system else "",
        run=run,
    )
