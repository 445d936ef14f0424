"""The pytest plugin: the cases of a project's graders are tests, and so are the checks of `rewardkit test`.

    graders/claims.py::coverage::case[1-The-claim-is-covered]      one @case, @order or @probe, or a line of NAME.cases.jsonl
    graders/claims.py::coverage::checks                            what `rewardkit test` does

pytest loads this module in every run of an environment that has rewardkit, so it imports nothing before a file of graders is found.
`-p no:rewardkit` turns it off. docs/testing.md says which files are collected.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from .choosing import INI, defines_tests, find_named, holds_graders

MARKERS = (
    "rewardkit: a case, an order, a probe or the checks of a grader",
    "rewardkit_checks: the checks of `rewardkit test` on a grader; -m 'not rewardkit_checks' leaves them out",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini option that names further places of graders."""
    parser.addini(
        INI, "folders, files or globs with graders, besides those in folders named 'graders'", type="args"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The markers, so that --strict-markers knows them, and the places that the ini option names."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    find_named(config)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Adds the graders of a file to what other plugins collect there."""
    collectors = yield
    if not holds_graders(file_path, parent.session):
        return collectors
    from .nodes import GraderFile

    if not defines_tests(file_path, parent.config):  # pytest takes any file that is named for one of tests
        collectors = [collector for collector in collectors if type(collector) is not pytest.Module]
    return [GraderFile.from_parent(parent, path=file_path), *collectors]
