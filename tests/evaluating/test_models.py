"""How a model is named, and what it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewardkit.errors import ConfigError
from rewardkit.evaluating.models import ModelSpec, Sampling, parse_spec, prompt_of
from rewardkit.samples import Sample


def test_an_endpoint_is_a_model_at_a_url() -> None:
    assert parse_spec("openai:org/m@http://host:8000/v1/") == ModelSpec("org/m", "http://host:8000/v1")


def test_an_endpoint_without_url_is_the_one_of_openai() -> None:
    assert parse_spec("openai:gpt-4.1-mini").host == "api.openai.com"


@pytest.mark.parametrize("spec", ["openai:", "openai:@http://host/v1", "openai:m@host:8000"])
def test_an_endpoint_without_name_or_scheme_is_refused(spec: str) -> None:
    with pytest.raises(ConfigError, match="openai:MODEL@http://host:port/v1"):
        parse_spec(spec)


def test_a_name_with_one_slash_is_of_the_hub() -> None:
    spec = parse_spec("Qwen/Qwen3-0.6B")
    assert (spec.url, spec.is_folder, spec.short) == (None, False, "Qwen3-0.6B")


@pytest.mark.parametrize("spec", ["./models/tiny", "/models/tiny", "a/b/c", "~/tiny"])
def test_a_path_that_is_not_there_is_no_hub_name(spec: str) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        parse_spec(spec)


def test_a_misspelt_folder_is_not_asked_for_on_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for spec in ("modles/tiny", "models/tinny"):
        with pytest.raises(ConfigError, match="Did you mean 'models/tiny'"):
            parse_spec(spec)


@pytest.mark.parametrize(
    ("spec", "meant"), [("ask.py:a", "python:ask.py:a"), ("ask.py", "python:ask.py:FUNCTION")]
)
def test_a_python_file_is_not_asked_for_on_the_hub(spec: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=f"Did you mean '{meant}'"):
        parse_spec(spec)


def test_a_folder_without_a_config_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"neither config\.json nor adapter_config\.json"):
        parse_spec(str(tmp_path))


def test_temperature_0_is_greedy_decoding() -> None:
    assert (Sampling(temperature=0).decoding, Sampling().decoding) == ("greedy", "sampled")


@pytest.mark.parametrize(
    "wrong", [{"max_tokens": 0}, {"temperature": -1.0}, {"temperature": float("nan")}, {"top_p": 0.0}]
)
def test_sampling_outside_its_bounds_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Sampling(**wrong)  # type: ignore[arg-type]


def test_a_system_message_goes_in_front() -> None:
    shown = prompt_of(Sample("q1", "Hi", {}), system="Be brief.")
    assert shown == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]


def test_messages_of_a_sample_are_shown_as_they_are() -> None:
    messages = ({"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"})
    assert prompt_of(Sample("q1", "Hi\n\nYes?", {}, messages)) == list(messages)


def test_a_second_system_message_is_refused() -> None:
    sample = Sample("q1", "x", {}, ({"role": "system", "content": "x"},), "data.jsonl:3")
    with pytest.raises(ConfigError, match=r"data\.jsonl:3: .*system message already"):
        prompt_of(sample, system="y")


def test_a_password_in_an_endpoint_s_url_is_refused() -> None:
    with pytest.raises(ConfigError, match="must not be part of a model's URL") as caught:
        parse_spec("openai:m@http://user:secret@localhost:8000/v1")
    assert "secret" not in str(caught.value)
