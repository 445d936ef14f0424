"""`rewardkit export`: the trained model as a plain Hugging Face folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import Json, out, print_json
from .scoring import RunsDir, run_named

RunToml = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="RUN.toml",
        help="The run's RUN.toml, where it is no longer where it was when the training began.",
        show_default=False,
    ),
]


def export_model(
    run: Annotated[str, typer.Argument(help="A finished training: runs/NAME, or NAME.", show_default=False)],
    folder: Annotated[
        Path, typer.Argument(help="Where to write the model; must not exist yet.", show_default=False)
    ],
    adapter: Annotated[
        bool,
        typer.Option("--adapter", help="Leave a LoRA adapter an adapter; the base model stays where it is."),
    ] = False,
    dtype: Annotated[
        str | None,
        typer.Option(help="float32, bfloat16 or float16. Default: that of the training.", show_default=False),
    ] = None,
    config: RunToml = None,
    runs_dir: RunsDir = Path("runs"),
    as_json: Json = False,
) -> None:
    """Write the trained model to a folder that transformers, vLLM and the Hugging Face hub take: weights, tokenizer, chat template, model card.

    A LoRA adapter is merged into its base. What was written is loaded again and must give the logits of base and adapter on a few training
    prompts, to a tolerance that is printed; otherwise nothing is kept. Nothing is overwritten.

    Examples:

      rewardkit export runs/demo models/demo

      rewardkit export runs/demo models/demo-adapter --adapter

      rewardkit export runs/demo models/demo-bf16 --dtype bfloat16
    """
    from rewardkit.trainer.exporting import export, export_adapter
    from rewardkit.trainer.finished import open_trained

    from ..errors import ConfigError

    if adapter and dtype is not None:
        raise ConfigError(
            f"--dtype {dtype} has no effect with --adapter, which is copied as it is; leave one of them out"
        )
    trained = open_trained(run_named(run, runs_dir), config)
    done = export_adapter(trained, folder) if adapter else export(trained, folder, dtype=dtype)
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "adapter": adapter,
                "dtype": done.dtype,
                "difference": done.difference,
                "tolerance": done.tolerance,
                "prompts": done.prompts,
                "same_answers": done.same_answers,
            }
        )
        return
    if done.difference is not None:
        out().print(
            f"check    loaded again, logits are off by at most {done.difference:.1e} of the largest (allowed {done.tolerance:g}); "
            f"{done.same_answers} of {done.prompts} greedy answers are the same",
            markup=False,
            soft_wrap=True,
        )
    out().print(f"model    {folder} ({done.dtype})", markup=False, soft_wrap=True)
