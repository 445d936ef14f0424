"""The options of a verb that lets models answer: which ones, how completions are drawn, how endpoints are called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..judging.spending import Price

Models = Annotated[
    list[str],
    typer.Option(
        "--model",
        "-m",
        help="A Hugging Face folder or hub name, openai:MODEL@http://host:port/v1, or python:FILE.py:FUNCTION; give it again for more models, "
        "which are then compared.",
        show_default=False,
    ),
]
Data = Annotated[
    Path,
    typer.Option(
        "--data",
        "-d",
        help="Samples with a prompt: .jsonl, .json, .csv, .parquet, or FOLDER:SPLIT of a data set; see `rewardkit data check`.",
        show_default=False,
    ),
]
Repeats = Annotated[
    int | None,
    typer.Option("--k", "-k", min=1, help="Completions per prompt. Default: 4, or 1 with --greedy."),
]
Temperature = Annotated[float, typer.Option("--temperature", help="Of sampling; 0 is greedy.")]
Greedy = Annotated[
    bool, typer.Option("--greedy", help="The likeliest token each time, one completion per prompt.")
]
TopP = Annotated[float, typer.Option("--top-p", help="Sample from the likeliest tokens with this share.")]
MaxTokens = Annotated[int, typer.Option("--max-tokens", min=1, help="Longest completion.")]
Stop = Annotated[
    list[str] | None, typer.Option("--stop", help="Text that ends a completion; give it again for more.")
]
System = Annotated[str, typer.Option("--system", help="System message in front of every prompt.")]
Template = Annotated[
    Path | None,
    typer.Option(
        "--chat-template",
        metavar="FILE",
        help="A Jinja file in place of the chat template of models that are loaded here.",
        show_default=False,
    ),
]
BatchSize = Annotated[int, typer.Option("--batch-size", min=1, help="Completions generated at a time.")]
KeyVariable = Annotated[
    str, typer.Option("--api-key-env", help="Environment variable that holds the endpoint's key.")
]
Concurrency = Annotated[
    int,
    typer.Option(
        "--concurrency", min=1, help="Requests to an endpoint, or calls of an async function, at a time."
    ),
]
Timeout = Annotated[float, typer.Option("--timeout", help="Seconds for one request to an endpoint.")]
Retries = Annotated[int, typer.Option("--max-retries", min=0, help="How often a request is tried again.")]
PriceOption = Annotated[
    str | None,
    typer.Option(
        "--price",
        metavar="IN,OUT",
        help="Dollars for a million tokens of prompts and of completions at endpoints: 0.40,1.60. With --dry-run: what it would cost at most.",
        show_default=False,
    ),
]


TrainedOn = Annotated[
    Path | None,
    typer.Option(
        "--train",
        help="What the models were trained on: figures are also shown with and without the prompts that stand there too, or nearly (docs/overlap.md).",
        show_default=False,
    ),
]


def price_of(text: str | None) -> Price | None:
    """The two figures of --price; ConfigError for what is none."""
    from ..errors import ConfigError
    from ..judging.spending import parse_price

    if text is None:
        return None
    try:
        return parse_price(text)
    except ConfigError:
        raise ConfigError(
            f"--price {text}: write dollars for a million tokens in and a million out, as 0.40,1.60"
        ) from None
