"""The same training as run.toml in a TRL script, for models that one GPU cannot hold: `as_trl(grader)` under accelerate and DeepSpeed.

accelerate launch --config_file examples/real_model/accelerate/zero3.yaml examples/real_model/train_trl.py --model Qwen/Qwen2.5-Coder-7B-Instruct

What `rewardkit train` does around a training is up to the script then: rewardkit eval and rewardkit compare measure what came of it (README.md).
"""

from __future__ import annotations

import argparse
import json
import tomllib
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from trl import GRPOConfig, GRPOTrainer

from rewardkit import collect
from rewardkit.interop.trl import as_trl

HERE = Path(__file__).parent
RUN = tomllib.loads((HERE / "run.toml").read_text(encoding="utf-8"))


def rows() -> list[dict[str, Any]]:
    """The training questions as TRL wants them: messages, and the columns that the grader asks for."""
    file = HERE / RUN["data"]["train"]
    samples = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [
        {
            "prompt": [
                {"role": "system", "content": RUN["data"]["system"]},
                {"role": "user", "content": sample["prompt"]},
            ],
            "reference": json.dumps(sample["reference"]),
            "database": sample["database"],
            "ordered": sample["ordered"],
        }
        for sample in samples
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=RUN["model"])
    parser.add_argument("--output", type=Path, default=Path("runs/real-trl"))
    parser.add_argument("--max-steps", type=int, default=RUN["grpo"]["max_steps"])
    parser.add_argument("--batch", type=int, default=16, help="completions of a process and step")
    parser.add_argument("--vllm", action="store_true", help="generate with vLLM beside the training")
    given = parser.parse_args()
    [grader] = collect(str(HERE / "graders.py"))
    on_gpu = torch.cuda.is_available()
    settings = GRPOConfig(
        output_dir=str(given.output),
        learning_rate=RUN["grpo"]["learning_rate"],
        max_steps=given.max_steps,
        num_generations=RUN["grpo"]["num_generations"],
        per_device_train_batch_size=given.batch,
        max_completion_length=RUN["grpo"]["max_completion_length"],
        loss_type=RUN["grpo"]["loss_type"],
        scale_rewards=RUN["grpo"]["scale_rewards"],
        use_vllm=given.vllm,
        bf16=on_gpu,
        use_cpu=not on_gpu,
        gradient_checkpointing=on_gpu,
        logging_steps=1,
        report_to="none",
        model_init_kwargs={"dtype": "bfloat16" if on_gpu else "float32"},
    )
    trainer = GRPOTrainer(
        model=given.model,
        args=settings,
        reward_funcs=as_trl(grader),
        train_dataset=Dataset.from_list(rows()),
        peft_config=LoraConfig(task_type="CAUSAL_LM", **RUN["lora"]),
    )
    trainer.train()
    trainer.save_model(str(given.output / "final"))


if __name__ == "__main__":
    main()
