"""TOML files that remember their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewardkit.errors import ConfigError
from rewardkit.toml_files import TomlFile, read_toml

TEXT = '''# a run
model = "small"

[train]
steps = 5
"learning rate" = 1e-4
adapter.rank = 8

[[claim.case]]
completion = """
[train]
steps = 6
"""
[[claim.case]]
expect = 1
options = { timeout = 3 }
'''


@pytest.fixture
def file(tmp_path: Path) -> TomlFile:
    path = tmp_path / "run.toml"
    path.write_text(TEXT, encoding="utf-8")
    return read_toml(path)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("model",), 2),
        (("train",), 4),
        (("train", "steps"), 5),
        (("train", "learning rate"), 6),
        (("train", "adapter", "rank"), 7),
        (("claim",), 9),
        (("claim", "case"), 9),
        (("claim", "case", "1"), 14),
        (("claim", "case", "1", "expect"), 15),
    ],
)
def test_every_table_and_key_has_its_line(file: TomlFile, keys: tuple[str, ...], line: int) -> None:
    assert file.where(*keys) == f"{file.path}:{line}"


def test_a_key_of_an_inline_table_has_the_line_of_the_table(file: TomlFile) -> None:
    assert file.where("claim", "case", "1", "options", "timeout") == f"{file.path}:16"


def test_an_unknown_key_has_the_line_of_its_table_or_just_the_file(file: TomlFile) -> None:
    assert file.where("train", "stepz") == f"{file.path}:4"
    assert file.where("nothing") == str(file.path)


def test_a_malformed_file_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("a = 1\nb =\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"run\.toml:2: not valid TOML"):
        read_toml(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"run\.toml: no such file"):
        read_toml(tmp_path / "run.toml")


def test_a_file_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_bytes(b'name = "\xff"\n')
    with pytest.raises(ConfigError, match="not valid UTF-8"):
        read_toml(path)
