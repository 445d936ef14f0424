"""The label page over real HTTP: who is let in, what is kept, and how the command begins and ends."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import label_pages
import pytest
from command_line import rewardkit
from label_pages import Client, Running, came_in, labelling, lines_of

pytest.importorskip("starlette", reason="starlette is in the extra 'label'")
pytest.importorskip("uvicorn", reason="uvicorn is in the extra 'label'")

ALL = {"policy": "met", "invents": "unmet", "tone": "fine"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = label_pages.project(tmp_path_factory.mktemp("project"))
    rows = [
        {"id": "hostile", "prompt": label_pages.HOSTILE, "completion": label_pages.HOSTILE, "policy": "<b>"},
        {"id": "long", "prompt": "p", "completion": "é" * 1_000_000, "policy": ""},
        {"id": "empty", "prompt": "", "completion": "", "policy": ""},
    ]
    with (folder / "answers.jsonl").open("a") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    with labelling(folder) as started:
        yield started


def test_nobody_comes_in_without_the_token(running: Running) -> None:
    stranger = Client(running.port)
    for path in ("/", "/item/1", "/results", "/static/label.js", "/?token=", "/?token=guess", "/?token=%ff"):
        assert stranger.ask(path).status == 403
    assert stranger.ask("/", headers={"Cookie": f"rewardkit_label_{running.port}=guess"}).status == 403
    assert stranger.cookies == {}


def test_the_token_is_changed_for_a_cookie_that_no_script_and_no_other_site_can_use(running: Running) -> None:
    path = running.address.partition(str(running.port))[2]
    answer = Client(running.port).ask(path)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert running.address.partition("token=")[2] not in cookie


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "evil.example:{port}", ""])
def test_a_name_that_is_not_this_machine_is_refused(running: Running, host: str) -> None:
    client = came_in(running)
    assert client.ask("/results", headers={"Host": host.format(port=running.port)}).status == 421
    assert client.ask("/results", headers={"Host": f"localhost:{running.port}"}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Cookie": None},
    ],
)
def test_only_the_page_itself_may_write(
    running: Running, folder: Path, headers: dict[str, str | None]
) -> None:
    client = came_in(running, "mallory")
    before = (folder / "labels.jsonl").read_bytes() if (folder / "labels.jsonl").exists() else b""
    body = {"rater": "mallory", "verdicts": ALL, "preferred": "", "note": ""}
    assert client.ask("/item/1", body, headers=headers).status == 403
    assert ((folder / "labels.jsonl").read_bytes() if before else b"") == before


def test_every_answer_forbids_scripts_frames_and_other_sites(running: Running) -> None:
    client = came_in(running, "anna")
    for answer in (client.ask("/item/1"), client.ask("/nowhere"), Client(running.port).ask("/")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_the_server_listens_on_the_loopback_only(running: Running) -> None:
    with socket.socket() as outside:
        outside.settimeout(2)
        assert outside.connect_ex(("127.0.0.2", running.port)) != 0


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (b"x" * 300_000, 413, "a request has at most 262,144 bytes"),
        (b"[" * 100_000, 400, "the body must be one JSON object"),
        (b"[]", 400, "the body must be one JSON object"),
        ({"rater": "ben"}, 409, "somebody else has begun to label in this browser; load the page again"),
        ({"rater": "anna"}, 400, "a label has verdicts, a note and what is preferred"),
        (
            {"rater": "anna", "verdicts": {}, "preferred": "", "note": "x" * 10_001},
            400,
            "a note has at most 10,000 letters",
        ),
        (
            {"rater": "anna", "verdicts": {"tone": "odd"}, "preferred": "", "note": ""},
            400,
            "'odd' is no verdict on 'tone'",
        ),
        (
            {"rater": "anna", "verdicts": {"tone": ["fine"]}, "preferred": "", "note": ""},
            400,
            "['fine'] is no verdict on 'tone'",
        ),
    ],
)
def test_what_is_no_label_is_refused_in_words(
    running: Running, body: object, status: int, problem: str
) -> None:
    answer = came_in(running, "anna").ask("/item/1", body)
    assert (answer.status, json.loads(answer.text)) == (status, {"error": problem})


def test_hostile_text_reaches_the_page_as_text(running: Running) -> None:
    text = came_in(running, "anna").ask("/item/7").text
    assert "<script>document" not in text
    assert "<img" not in text
    assert text.count("&lt;script&gt;document.title") == 2
    assert "{{ 7 * 7 }}{% raw %}{policy}" in text
    assert "␀" in text
    assert "⟨U+D800⟩" in text
    assert "⟨U+202E⟩" in text
    assert "Says what the policy allows: &lt;b&gt;" in text


def test_texts_of_any_size_are_shown_whole(running: Running) -> None:
    client = came_in(running, "anna")
    assert "é" * 1_000_000 in client.ask("/item/8").text
    assert client.ask("/item/9").text.count("Nothing: it is empty.") == 2


def test_an_item_or_file_that_is_not_there_is_said_in_words(running: Running) -> None:
    client = came_in(running, "anna")
    for path in ("/item/0", "/item/10", "/nowhere", "/static/serving.py", "/static/..%2fdesk.py"):
        assert client.ask(path).status == 404
    assert "there is no item 10; there are 9" in client.ask("/item/10").text


def test_the_same_name_in_other_capitals_is_the_same_rater(running: Running) -> None:
    client = came_in(running, "Zoë")
    assert client.label(3, "Zoë", note="hm").status == 200
    other = came_in(running, "ZOË ")
    assert "hm</textarea>" in other.ask("/item/3").text
    assert other.ask("/rater", {"rater": " "}).status == 400


def test_labels_of_several_raters_survive_a_restart_and_are_compared(tmp_path: Path) -> None:
    folder = label_pages.project(tmp_path)
    with labelling(folder) as running:
        anna, ben = came_in(running, "anna"), came_in(running, "ben")
        assert anna.ask("/").headers["location"] == "/item/1"
        assert json.loads(anna.label(1, "anna", verdicts=ALL, note="why\u2028not").text) == {
            "saved": True,
            "done": 1,
        }
        assert ben.label(1, "ben", verdicts={**ALL, "tone": "rude"}).status == 200
        assert "why" not in ben.ask("/item/1").text
        assert running.end() == 0
    assert running.said.splitlines()[-1] == "labels   labels.jsonl (2 labels by anna, ben)"
    assert lines_of(folder / "labels.jsonl")[0]["note"] == "why\u2028not"
    with labelling(folder, "--rater", "anna") as running:
        client = came_in(running)
        assert client.ask("/").headers["location"] == "/item/2"
        results = client.ask("/results").text
        assert "5 left for you" in results
        assert results.count("100 %") == 2
        assert "0 %" in results
        assert "ben: rude" in results
        assert client.ask("/rater", {"rater": "ben"}).status == 400  # --rater is for the whole run


def test_who_is_done_sees_how_the_judge_agrees_with_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = label_pages.project(tmp_path, completions=2)
    rubric = folder / "rubric.toml"
    rubric.write_text('judge = "gpt-test"\nmin_kappa = 0.6\n' + rubric.read_text())
    monkeypatch.chdir(folder)
    with labelling(folder, "--rater", "anna") as running:
        client = came_in(running)
        assert client.label(1, "anna", verdicts=ALL).status == 200
        nobody = ("calibrate", "rubric.toml", "labels.jsonl", "--replay-verdicts", "--max-unscored", "1")
        assert rewardkit(*nobody).code == 0
        assert "The judge" not in client.ask("/results").text
        assert client.label(2, "anna", verdicts=ALL).status == 200
        results = client.ask("/results").text
        assert "All done, thank you." in results
        assert "on 0 completions; the labels have changed since." in results
        assert results.count("<small>too few to say</small>") == 3
        rubric.write_text(rubric.read_text().replace("0.6", "0.7"))
        assert "on 0 completions; it is of another version of the rubric (" in client.ask("/results").text


def test_a_label_that_the_disk_does_not_take_is_said_and_spoils_nothing(tmp_path: Path) -> None:
    folder = label_pages.project(tmp_path)
    with labelling(folder, "--rater", "anna", before="ulimit -f 2") as running:
        client = came_in(running)
        assert client.label(1, "anna", verdicts=ALL).status == 200
        answer = client.label(2, "anna", note="x" * 5_000)
        assert answer.status == 507
        assert "the file has reached the limit on file sizes" in answer.text
        assert client.label(3, "anna", verdicts=ALL).status == 200
    assert [line["completion"] for line in lines_of(folder / "labels.jsonl")] == [
        "Reply number 0.",
        "Reply number 2.",
    ]


def test_json_prints_one_object_when_it_ends(tmp_path: Path) -> None:
    words = ["label", "answers.jsonl", "--rubric", "rubric.toml", "--no-open", "--json", "--rater", "anna"]
    process = subprocess.Popen(
        [sys.executable, "-m", "rewardkit", *words],
        cwd=label_pages.project(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = re.findall(r"http://\S+", process.stderr.readline())[0]  # type: ignore[union-attr]
    running = Running(process, address)
    assert came_in(running).label(1, "anna", verdicts=ALL).status == 200
    assert running.end() == 0
    assert json.loads(running.said) == {"labels": "labels.jsonl", "items": 6, "raters": {"anna": 1}}


def test_without_the_extra_the_command_says_how_to_install_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['starlette'] = None; from rewardkit.cli import main; main(sys.argv[1:])"
    words = ["label", "answers.jsonl", "--rubric", "rubric.toml"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=label_pages.project(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "this needs the package 'starlette'" in done.stderr
    assert "rewardkit-rft[label]" in done.stderr


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--out", "answers.jsonl"], "--out answers.jsonl: that is a file to read from; name another one"),
        (["--out", "none/labels.jsonl"], "--out none/labels.jsonl: name a file in a folder that exists"),
        (["--rater", " "], "--rater ' ': a name has 1 to 60 letters"),
        (["--column", "policy=polcy"], "answers.jsonl:1: no column 'polcy' (for 'policy')"),
        (["--compare", "--column", "id=completion"], "no column 'completion'"),
    ],
)
def test_a_wrong_option_is_said_before_anything_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], problem: str
) -> None:
    monkeypatch.chdir(label_pages.project(tmp_path))
    ran = rewardkit("label", "answers.jsonl", "-r", "rubric.toml", "--no-open", *options)
    assert ran.code == 2
    assert problem in ran.err


def test_a_port_that_is_taken_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(label_pages.project(tmp_path))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = rewardkit("label", "answers.jsonl", "-r", "rubric.toml", "--no-open", "--port", port)
    assert ran.code == 2
    assert f"--port {port}: Address already in use; leave it out to take a free one" in ran.err
