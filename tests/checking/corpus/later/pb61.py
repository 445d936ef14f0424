"""Service configuration from a description of what the service needs, as TOML."""

import re
import tomllib

from rewardkit import case, probe, reward


def parse(text: str) -> dict | None:
    """The TOML of an answer, with or without a code fence around it."""
    block = re.search(r"```(.*?)```", text, re.DOTALL)
    body = block.group(1) if block else text
    body = body.strip().lstrip("toml").strip()
    try:
        return tomllib.loads(body)
    except (ValueError, RecursionError):
        return None


@case(
    '```toml\n[server]\nhost = "a.b"\nport = 80\n```',
    reference={"server": {"host": "a.b", "port": 80}},
    expect=1,
)
@case('[server]\nport = 80\nhost = "a.b"', reference={"server": {"host": "a.b", "port": 80}}, expect=1)
@case("```\nport = 80\n```", reference={"port": 80}, expect=1)
@case("port = 8080", reference={"port": 80}, expect=0)
@case("port: 80", reference={"port": 80}, expect=0)
@probe("", reference={"port": 80})
@reward(answer="free")
def service_config(completion: str, reference: dict) -> bool:
    """Full marks when the file says what it should, in whichever order and layout."""
    return parse(completion) == reference
