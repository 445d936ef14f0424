from __future__ import annotations

from command_line import rewardkit


def test_a_complete_environment_has_nothing_to_complain_of() -> None:
    ran = rewardkit("doctor", "--json")
    assert ran.code == 0
    assert {finding["what"]: finding["state"] for finding in ran.json()["findings"]} == {
        "python": "ok",
        "platform": "ok",
        "core": "ok",
        "train": "ok",
        "ray": "ok",
        "label": "ok",
        "clashes": "ok",
    }


def test_the_versions_are_shown() -> None:
    assert "trl 1." in rewardkit("doctor").out
