"""The pages over real HTTP: who may ask, what is never done, and how the command begins and ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import run_folders
from command_line import rewardkit
from view_pages import HOSTILE, Viewing, a_run, row, viewing

pytest.importorskip("starlette", reason="starlette is in the extra 'view'")
pytest.importorskip("uvicorn", reason="uvicorn is in the extra 'view'")

LONG = "é" * 999_990 + "the end..."


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project") / "runs"
    run_folders.training_run(root, questions=20, repeats=2)
    a_run(root, "one", [row("q1")])
    a_run(
        root,
        "hostile",
        [row(HOSTILE, completion=HOSTILE, reason=HOSTILE, stage=HOSTILE), row("long", completion=LONG)],
        samples={HOSTILE: (HOSTILE, HOSTILE), "long": (LONG, "")},
    )
    return root


@pytest.fixture(scope="module")
def viewed(runs: Path) -> Iterator[Viewing]:
    with viewing(runs) as started:
        yield started


def state_of(root: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for folder in (root, *root.iterdir())
        for path in (folder, *folder.iterdir())
    }


def test_pages_are_opened_by_the_printed_address_only(viewed: Viewing) -> None:
    assert viewed.get().status == 200
    for path in (
        "/",
        "/run/demo",
        "/static/view.js",
        f"/{viewed.key[:-1]}/",
        f"/{'x' * len(viewed.key)}/",
        "/%ff/",
    ):
        assert viewed.ask(path).status == 403
    assert viewed.ask(f"/{viewed.key}").status == 404
    assert "set-cookie" not in viewed.get().headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "evil.example:{port}", ""])
def test_a_name_that_is_not_this_machine_is_refused(viewed: Viewing, host: str) -> None:
    path = f"/{viewed.key}/"
    assert viewed.ask(path, headers={"Host": host.format(port=viewed.port)}).status == 421
    assert viewed.ask(path, headers={"Host": f"localhost:{viewed.port}"}).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_reading_is_answered(viewed: Viewing, method: str) -> None:
    assert viewed.ask(f"/{viewed.key}/run/demo", method).status == 405
    assert viewed.ask(f"/{viewed.key}/run/demo", "HEAD").status == 200


def test_another_site_may_link_here_and_nothing_else(viewed: Viewing) -> None:
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
        assert viewed.ask(f"/{viewed.key}/", headers=headers).status == 403
        assert viewed.ask(f"/{viewed.key}/", headers={**headers, "Sec-Fetch-Mode": "navigate"}).status == 200


def test_every_answer_forbids_scripts_frames_and_other_sites(viewed: Viewing) -> None:
    for answer in (viewed.get("run", "demo"), viewed.get("nowhere"), viewed.ask("/")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_report_is_shown_in_a_sandbox(runs: Path, viewed: Viewing) -> None:
    assert viewed.get("run", "one", "report").status == 404
    (runs / "one" / "report.html").write_text("<!doctype html><title>the report</title>")
    try:
        answer = viewed.get("run", "one", "report")
    finally:
        (runs / "one" / "report.html").unlink()
    assert (answer.status, answer.text) == (200, "<!doctype html><title>the report</title>")
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts; default-src 'none';")


def test_the_server_listens_on_the_loopback_only(viewed: Viewing) -> None:
    with socket.socket() as outside:
        outside.settimeout(2)
        assert outside.connect_ex(("127.0.0.2", viewed.port)) != 0


def test_no_page_changes_anything_in_a_run(runs: Path, viewed: Viewing) -> None:
    before = state_of(runs)
    for page in ("", "run/demo", "run/demo/live", "run/demo/samples", "run/one"):
        assert viewed.get(*page.split("/")).status == 200
    assert viewed.get("diff", a="demo:base", b="demo:rft").status == 200
    assert state_of(runs) == before


def test_hostile_text_reaches_every_page_as_text(viewed: Viewing) -> None:
    stage = HOSTILE.replace("\ud800", "⟨U+D800⟩")
    pages = [
        viewed.get("run", "hostile"),
        viewed.get("run", "hostile", "samples", q="document.title"),
        viewed.get("run", "hostile", "prompt", sample=stage, stage=stage),
        viewed.get("run", "hostile", "text", what="prompt", sample=stage),
        viewed.get("run", "hostile", "samples", low="<script>document"),
        viewed.get("diff", a=f"hostile:{stage}", b=f"hostile:{stage}", show="all"),
        viewed.get("diff", a="<script>document", b="one"),
    ]
    for page in pages:
        assert "<script>document" not in page.text
        assert "<img" not in page.text
        assert "&lt;script&gt;document" in page.text
        assert not {"\u202e", "\u200b", "\x00"} & set(page.text)
    assert "{{ 7 * 7 }} ⟨U+D800⟩ ␀ ⟨U+202E⟩ desrever ⟨U+200B⟩ <b>" not in pages[2].plain
    assert "{{ 7 * 7 }} ⟨U+D800⟩ ␀ ⟨U+202E⟩ desrever ⟨U+200B⟩ &lt;b&gt;" in pages[2].plain


def test_a_text_of_a_million_characters_is_cut_and_the_rest_is_a_link_away(viewed: Viewing) -> None:
    page = viewed.get("run", "hostile", "prompt", sample="long")
    assert len(page.text) < 100_000
    assert page.plain.count("Show all 1,000,000 characters") == 2
    key = {"stage": "base", "decoding": "greedy", "sample": "long", "repeat": 0, "grader": "exact"}
    last = viewed.get("run", "hostile", "text", what="completion", **key, from_=900_000)
    assert "the end...</pre>" in last.text
    assert "900,000 to 1,000,000 of 1,000,000 characters" in last.plain
    assert "Go on" not in last.plain


@pytest.mark.parametrize(
    "path",
    [
        "nowhere",
        "static/serving.py",
        "static/..%2fstore.py",
        "run/none",
        "run/..",
        "run/%2e%2e",
        "run/..%2f..%2fetc",
        "run/.lock",
    ],
)
def test_what_is_not_there_is_said_in_words(viewed: Viewing, path: str) -> None:
    answer = viewed.ask(f"/{viewed.key}/{path}")
    assert answer.status == 404
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("run/one/prompt", {"sample": "q9"}, 422, "the run has no completions of a sample 'q9'"),
        ("run/one/text", {"what": "secret"}, 422, "there is no kind of text 'secret'"),
        ("run/one/text", {"what": "prompt", "sample": "q9"}, 422, "the run has no such text"),
        ("run/one/samples", {"low": "nan"}, 200, "'nan' is no number"),
        ("run/one/samples", {"page": "-1", "order": "x", "outcome": "?"}, 200, ""),
        ("run/one/samples", {"page": "99999999", "stage": "\x00"}, 200, ""),
        ("diff", {"a": "one"}, 400, "name two runs to compare, as RUN or RUN:STAGE"),
        ("diff", {"a": "one", "b": "gone"}, 404, "there is no run 'gone' here"),
        ("diff", {"a": "one:rft", "b": "demo"}, 422, "the run 'one' has no stage 'rft'; it has base"),
        ("diff", {"a": "one", "b": "demo:base"}, 422, "no grader has scored both"),
    ],
)
def test_a_question_without_an_answer_is_answered_in_words(
    viewed: Viewing, path: str, query: dict[str, str], status: int, said: str
) -> None:
    answer = viewed.get(*path.split("/"), **query)
    assert (answer.status, said in answer.alarm) == (status, True)


def test_a_run_that_is_spoiled_or_vanishes_is_said_in_the_list_and_on_its_page(tmp_path: Path) -> None:
    for name in ("good", "spoiled", "gone"):
        a_run(tmp_path, name, [row("q1")])
    (tmp_path / "spoiled" / "run.json").write_text('{"verb": "ev')
    (tmp_path / "notes").mkdir()
    with viewing(tmp_path) as viewed:
        assert viewed.get("run", "gone").status == 200
        shutil.rmtree(tmp_path / "gone")
        page = viewed.get()
        assert "2 runs" in page.plain
        assert "cannot be read: " in page.plain
        assert (viewed.get("run", "spoiled").status, viewed.get("run", "gone").status) == (422, 404)
        assert "run.json: not valid JSON" in viewed.get("run", "spoiled").alarm
        assert (
            "there is no run 'gone' here, or it is not there any more"
            in viewed.get("run", "gone", "samples").alarm
        )
        assert viewed.end() == 0


def test_a_spoiled_line_costs_what_stands_after_it_and_nothing_else(tmp_path: Path) -> None:
    folder = a_run(tmp_path, "one", [row("q1"), row("q2")])
    with (folder / "results.jsonl").open("a") as file:
        file.write("oops\n")
    (folder / "metrics.jsonl").write_text('{"phase": "rft", "step": 1, "reward": 0.5}\n[]\n{"pha')
    with viewing(tmp_path) as viewed:
        page = viewed.get("run", "one")
        assert page.status == 200
        assert "results.jsonl:3: not valid JSON" in page.alarm
        assert "metrics.jsonl:2: " in page.alarm
        assert "2 of 2 completions" in viewed.get("run", "one", "samples").plain


def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    folder = a_run(tmp_path, "one", [row("q1")])
    (folder / "results.jsonl").chmod(0)
    with viewing(tmp_path) as viewed:
        assert "results.jsonl: Permission denied" in viewed.get("run", "one").alarm


def test_a_folder_with_another_name_than_its_run_is_shown_by_its_own(tmp_path: Path) -> None:
    a_run(tmp_path, "one", [row("q1")]).rename(tmp_path / "ä b?c#&")
    with viewing(tmp_path) as viewed:
        assert 'href="' + f"/{viewed.key}/run/%C3%A4%20b%3Fc%23%26" in viewed.get().text
        assert "answer to q1" in viewed.get("run", "%C3%A4%20b%3Fc%23%26", "samples").text


def test_the_address_of_one_run_opens_that_run(runs: Path) -> None:
    with viewing(runs / "demo") as viewed:
        assert viewed.address.endswith(f"/{viewed.key}/run/demo")
        assert "After RFT" in viewed.get("run", "demo").plain
        assert viewed.end() == 0


def test_an_empty_folder_says_what_writes_runs(tmp_path: Path) -> None:
    with viewing(tmp_path) as viewed:
        assert "No runs here yet." in viewed.get().plain


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_temporary_folder_goes_with_the_command(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: signal.Signals
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with viewing(runs) as viewed:
        viewed.get("run", "demo")
        assert [path.name[:15] for path in tmp_path.iterdir()] == ["rewardkit-view-"]
        assert viewed.end(by) == 0
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_the_command_says_how_to_install_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['starlette'] = None; from rewardkit.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, "view", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "this needs the package 'starlette'" in done.stderr
    assert "rewardkit-rft[view]" in done.stderr


def test_a_folder_that_is_not_there_and_a_port_that_is_taken_are_said(tmp_path: Path) -> None:
    ran = rewardkit("view", tmp_path / "none", "--no-browser")
    assert (ran.code, "there is no such folder" in ran.err) == (2, True)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = rewardkit("view", tmp_path, "--no-browser", "--port", port)
    assert ran.code == 2
    assert f"--port {port}: Address already in use; leave it out to take a free one" in ran.err


def test_json_has_the_address_and_the_folder(runs: Path) -> None:
    command = [sys.executable, "-m", "rewardkit", "view", str(runs), "--no-browser", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline() for _ in range(4)]  # type: ignore[union-attr]
    viewed = Viewing(process, json.loads("".join(lines))["address"])
    assert json.loads("".join(lines))["runs_dir"] == str(runs.resolve())
    assert viewed.get().status == 200
    assert viewed.end() == 0
