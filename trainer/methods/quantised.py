"""QLoRA: a base model in 4 bits, on which a LoRA adapter is trained ([load] quantization = "4bit").

The weights are NormalFloat4 with quantised constants, and computing is done in bfloat16, as in the paper (Dettmers et al. 2023,
arXiv:2305.14314). TRL makes the adapter bfloat16 by itself. `arguments.check_tables` has looked for a GPU and bitsandbytes before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def load_in_4_bits(source: str, dtype: Any, settings: Mapping[str, Any]) -> Any:
    """The base model with frozen weights in 4 bits; norms, embeddings and the output layer stay in float32."""
    import torch
    from peft import prepare_model_for_kbit_training
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    # A quantised model is placed while it is loaded, and cannot be moved later.
    place = torch.cuda.current_device() if torch.cuda.is_available() else "cpu"
    model = AutoModelForCausalLM.from_pretrained(
        source, dtype=dtype, quantization_config=config, device_map={"": place}, **settings
    )
    # TRL turns gradient checkpointing on by itself.
    return prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
