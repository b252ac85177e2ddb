"""A provider's desk on a whole stack: called out by a signed message, it answers by signed ones."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.layout import LOOPBACK, free_ports
from tests.e2e.house import QUALIFIES, House, a_house, until

pytestmark = pytest.mark.server

FAST = ("--speed", "20000")


@pytest.fixture(scope="module")
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def signed(
    tmp_path_factory: pytest.TempPathFactory, stack_database: str | None, port: int
) -> Iterator[House]:
    """Give a stack that calls alder out by HTTP and takes its signed answers: it has no token."""
    home = tmp_path_factory.mktemp("home")
    for name in ("calls", "answers"):
        key = home / f"{name}.key"
        key.touch(mode=0o600)
        key.write_text(f"whsec_{b64encode(name.encode().ljust(32, b'.')).decode()}\n")
    (home / "cir.toml").write_text(f"""
[doors.provider_secret_files]
alder = ["{home}/answers.key"]
[providers.alder]
url = "http://{LOOPBACK}:{port}/messages"
secret_file = "{home}/calls.key"
""")
    with a_house(home, "default.toml", stack_database) as house:
        held = home / "credentials.json"
        tokens = json.loads(held.read_text())
        del tokens["alder"]
        held.write_text(json.dumps(tokens))
        yield house


@contextmanager
def playing(house: House, port: int, *script: str) -> Iterator[None]:
    """Let alder's desk play, and end it."""
    keys = ("--secret-file", key(house, "calls"), "--answer-secret-file", key(house, "answers"))
    words = ("exercise", "provider", "alder", "--port", str(port), *keys, *script, *FAST)
    provider = house.start_cir(*words)
    try:
        yield
    finally:
        provider.terminate()
        provider.communicate(timeout=30)
    assert provider.returncode == 0


def key(house: House, name: str) -> str:
    return str(Path(house.home) / f"{name}.key")


def called_out(house: House) -> str:
    """Return a real case that alder is called out to."""
    case = house.open()
    house.ask("triage", "acknowledge", case)
    house.ask("triage", "decide", case, *QUALIFIES, "--provider", "alder")
    return case


def said(house: House, case: str, kind: str) -> list[str]:
    """Return who said something of a kind."""
    return [fact["by"] for fact in house.facts(case, kind)]


def test_a_call_out_is_acknowledged_and_the_council_reached_by_signed_messages(
    signed: House, port: int
) -> None:
    with playing(signed, port, "--script", "acknowledge,attempt,contact,scope"):
        case = called_out(signed)
        until(lambda: said(signed, case, "scope-agreed"), "the scope to be agreed")
    for kind in ("provider-acknowledged", "contact-attempted", "contact-made", "scope-agreed"):
        assert said(signed, case, kind) == ["alder"]
    assert signed.show(case)["phase"] == "containment"
    assert signed.clock(case, "provider-contact")["state"] == "met"


def test_a_provider_declines_by_a_signed_message_and_the_other_is_called_out(
    signed: House, port: int
) -> None:
    with playing(signed, port, "--script", "decline"):
        case = called_out(signed)
        until(lambda: signed.show(case)["provider"] == "kestrel", "the other to be called out")
    assert said(signed, case, "provider-declined") == ["alder"]


def test_a_provider_that_falls_silent_leaves_the_clock_running(signed: House, port: int) -> None:
    with playing(signed, port, "--script", "acknowledge,silent"):
        case = called_out(signed)
        until(lambda: said(signed, case, "provider-acknowledged"), "it to acknowledge")
    assert signed.clock(case, "provider-acknowledgement")["state"] == "met"
    assert signed.clock(case, "provider-contact")["state"] == "running"
    assert said(signed, case, "contact-made") == []
