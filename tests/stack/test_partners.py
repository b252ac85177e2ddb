"""The reference partners over real HTTP: what they take, and what they answer."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from stack.demo_partners import Partners
from stack.local import bring_up, down
from stack.partners.answering import OutsideDoor, StaffDoor
from stack.partners.finance import Finance
from stack.partners.provider import Provider, Way
from stack.partners.script import USUAL, NoScriptError, read_script
from stack.partners.signed_door import LIMIT, SignedDoor
from tests.http_server import Reply, Request, http_server
from tests.live import utc_now
from tests.partner_server import SECRET
from tests.stack.programs import is_alive, layout, say, until

CASE = "CIR-2026-000123"
CALL_OUT = {
    "id": "m.1",
    "type": "call-out",
    "case": CASE,
    "provider": "alder",
    "facts": {"contacts": [{"name": "Marian Tolley", "phone": "01632 960101"}]},
}
STAND_DOWN = {**CALL_OUT, "id": "m.2", "type": "stand-down"}


@dataclass
class PretendDesk:
    """A desk that keeps what it is told.

    Attributes:
        told: Path, token and body of every instruction, as often as it came.
        answers: What to answer, in turn; then 200.
        key: What must have signed it, when anything.
        ids: The ids of what was signed.
    """

    told: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    answers: list[Reply] = field(default_factory=list)
    key: str = ""
    ids: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        if self.key:
            try:
                Webhook(self.key).verify(request.body, request.headers)
            except WebhookVerificationError:
                return Reply(401, b'{"error": {"code": "bad-signature"}}')
            self.ids.append(request.headers["webhook-id"])
        token = request.headers.get("authorization", "")
        self.told.append((request.path, token, json.loads(request.body)))
        return self.answers.pop(0) if self.answers else Reply(200, b"{}")

    @property
    def commands(self) -> list[str]:
        return [path.rpartition("/")[2] for path, _, _ in self.told]


@pytest.fixture
def desk() -> PretendDesk:
    return PretendDesk()


@pytest.fixture
def home(tmp_path: Path, desk: PretendDesk) -> Iterator[Path]:
    with http_server(desk.answer) as address:
        (tmp_path / "profiles.json").write_text(json.dumps({"local": {"desk": address}}))
        tokens = {"alder": "token-of-alder", "sam": "token-of-sam"}
        (tmp_path / "credentials.json").write_text(json.dumps(tokens))
        yield tmp_path


@dataclass
class Told:
    """What a partner said that it did."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, words: str) -> None:
        self.lines.append(words)

    def wait_for(self, words: str) -> None:
        until(lambda: any(words in line for line in self.lines), words)


def a_provider(home: Path, script: str, told: Told, speed: float = 1e6) -> Provider:
    way = Way("alder", read_script(script), speed)
    return Provider(way, StaffDoor(home, "local", "alder"), told)


def test_a_provider_does_what_it_should_with_a_key_for_each_step(
    home: Path, desk: PretendDesk
) -> None:
    told = Told()
    a_provider(home, USUAL, told).take(CALL_OUT)
    told.wait_for("provider-update: taken")
    assert desk.commands == [
        "provider-acknowledged",
        "contact-attempted",
        "contact-made",
        "agree-scope",
        "provider-update",
    ]
    keys = [body["idempotency_key"] for _, _, body in desk.told]
    assert keys == [f"m.1/{number}" for number in range(1, 6)]
    assert {token for _, token, _ in desk.told} == {"Bearer token-of-alder"}
    assert desk.told[2][2]["with_whom"] == "Marian Tolley"


@pytest.mark.parametrize("secret", [SECRET, f"whsec_{'A' * 44}"])
def test_a_partner_outside_answers_signed_and_every_try_has_one_id(
    home: Path, desk: PretendDesk, secret: str
) -> None:
    desk.key = SECRET
    desk.answers = [Reply(504, b"{}"), Reply(200, b"{}")]
    way, told = Way("alder", read_script("acknowledge"), 1e6), Told()
    door = OutsideDoor(home, "local", "/providers/alder/messages", secret)
    Provider(way, door, told).take(CALL_OUT)
    if secret != SECRET:
        told.wait_for("provider-acknowledged: bad-signature")
        return
    told.wait_for("provider-acknowledged: taken")
    assert len(set(desk.ids)) == 1
    said = {"command": "provider-acknowledged", "case": CASE, "idempotency_key": "m.1/1"}
    assert desk.told == [("/providers/alder/messages", "", said)] * 2


def test_a_call_out_that_comes_twice_is_answered_once(home: Path, desk: PretendDesk) -> None:
    told = Told()
    provider = a_provider(home, "acknowledge", told)
    provider.take(CALL_OUT)
    provider.take(CALL_OUT)
    told.wait_for("provider-acknowledged: taken")
    assert told.lines.count(f"{CASE}: call-out") == 1
    assert desk.commands == ["provider-acknowledged"]


def test_a_message_for_another_provider_is_let_be(home: Path, desk: PretendDesk) -> None:
    told = Told()
    a_provider(home, "acknowledge", told).take({**CALL_OUT, "provider": "kestrel"})
    assert (told.lines, desk.told) == ([], [])


def test_a_provider_may_decline_or_say_nothing_more(home: Path, desk: PretendDesk) -> None:
    told = Told()
    a_provider(home, "decline", told).take(CALL_OUT)
    told.wait_for("provider-declined: taken")
    assert desk.told[0][2]["why"] == "no-capacity"
    a_provider(home, "acknowledge,silent,contact", told).take(CALL_OUT)
    told.wait_for("provider-acknowledged: taken")
    assert "contact-made" not in desk.commands


def test_a_refusal_ends_the_script_and_an_outage_does_not(home: Path, desk: PretendDesk) -> None:
    told = Told()
    refusal = json.dumps({"error": {"code": "wrong-phase"}}).encode()
    desk.answers = [Reply(504, b"{}"), Reply(hang_up=True), Reply(200, b"{}"), Reply(409, refusal)]
    a_provider(home, "acknowledge,contact,update", told).take(CALL_OUT)
    told.wait_for("contact-made: wrong-phase")
    assert desk.commands == ["provider-acknowledged"] * 3 + ["contact-made"]
    assert len({body["idempotency_key"] for _, _, body in desk.told}) == 2


def test_a_provider_that_is_stood_down_stops(home: Path, desk: PretendDesk) -> None:
    told = Told()
    provider = a_provider(home, "acknowledge:0,contact:60", told, speed=1)
    provider.take(CALL_OUT)
    told.wait_for("provider-acknowledged: taken")
    provider.take(STAND_DOWN)
    assert told.lines[-1] == f"{CASE}: stand-down"
    assert desk.commands == ["provider-acknowledged"]


def test_an_exercise_is_read_from_its_sink(home: Path, desk: PretendDesk, tmp_path: Path) -> None:
    sink = tmp_path / "sink"
    sink.mkdir()
    (sink / "m.1.json").write_text(json.dumps(CALL_OUT))
    told = Told()
    provider = a_provider(home, "acknowledge", told)
    provider.look(sink)
    provider.look(sink)
    told.wait_for("provider-acknowledged: taken")
    assert desk.commands == ["provider-acknowledged"]


@pytest.mark.parametrize("script", ["", "ring", "contact:soon", "contact,,scope"])
def test_a_step_that_there_is_not_is_named_with_those_there_are(script: str) -> None:
    with pytest.raises(NoScriptError, match="Steps: acknowledge, attempt, contact"):
        read_script(script)


def test_a_step_may_wait_as_long_as_is_said() -> None:
    assert [step.minutes for step in read_script("contact:25, scope")] == [25, 40]


@contextmanager
def a_door(taken: list[dict[str, Any]]) -> Iterator[str]:
    door = SignedDoor(0, SECRET, taken.append)
    Thread(target=door.serve).start()
    try:
        yield door.url
    finally:
        door.close()


def post(
    url: str, body: bytes, message_id: str = "m.1", secret: str = SECRET, **headers: str
) -> int:
    at = utc_now()
    signed = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret.strip()).sign(message_id, at, body.decode("latin-1")),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=20)
    try:
        connection.request("POST", address.path, body, signed)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_door_takes_each_id_once() -> None:
    taken: list[dict[str, Any]] = []
    with a_door(taken) as url:
        body = json.dumps(CALL_OUT).encode()
        assert [post(url, body), post(url, body), post(url, body, "m.2")] == [202, 200, 202]
    assert taken == [CALL_OUT, CALL_OUT]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{}", {"webhook_signature": "v1,AAAA"}, 401),
        (b"{}", {"webhook_signature": "garbage"}, 401),
        (b"{}", {"webhook_timestamp": "1"}, 401),
        (b"\xff", {}, 401),
        (b"[]", {}, 400),
        (b"no json", {}, 401),
        (b"", {"Content_Length": str(LIMIT + 1)}, 413),
        (b"", {"Content_Length": "-1"}, 411),
    ],
)
def test_what_is_no_signed_message_is_refused(
    body: bytes, headers: dict[str, str], status: int
) -> None:
    taken: list[dict[str, Any]] = []
    with a_door(taken) as url:
        assert post(url, body, **headers) == status
    assert taken == []


def test_a_door_may_be_asked_whether_it_is_there() -> None:
    with a_door([]) as url:
        address = urlsplit(url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=20)
        connection.request("OPTIONS", address.path)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Allow"]) == (204, "POST")
        connection.close()


def test_finance_acknowledges_a_pack_or_rejects_it(home: Path, desk: PretendDesk) -> None:
    told = Told()
    finance = Finance(StaffDoor(home, "local", "sam"), "FIN-EX-1", (1,), told)
    for number in (1, 2):
        key = f"{CASE}/billing/{number}"
        finance.take({"key": key, "case": CASE, "pack": {"pack": number}})
        told.wait_for(f"{key}: billing-")
    assert desk.commands == ["billing-rejected", "billing-acknowledged"]
    assert desk.told[1][2] == {
        "idempotency_key": "finance/2/billing-acknowledged",
        "pack": 2,
        "finance_ref": "FIN-EX-1",
    }


def test_a_desk_that_is_away_is_asked_again_until_told_to_stop(tmp_path: Path) -> None:
    told = Told()
    finance = Finance(StaffDoor(tmp_path, "local", "sam"), "FIN-EX-1", (), told)
    finance.take({"key": "k", "case": CASE, "pack": {"pack": 1}})
    told.wait_for("k: taken")
    finance.stop()
    told.wait_for("billing-acknowledged: stopped")


def test_partners_of_a_demo_listen_before_its_stack_and_end_with_it(data: Path) -> None:
    partners = Partners(data.parent, "FIN-EX-1")
    try:
        for name in ("provider", "finance"):
            until(partial(takes, desk_in(data.parent, name)), f"{name} to listen")
        bring_up(data, say, layout)
        logs = [data.parent / f"{name}.log" for name in ("provider", "finance")]
        until(lambda: all("is up" in log.read_text() for log in logs), "the stack to be seen")
        assert all(is_alive(pid) for pid in partners.pids)
        down(data)
        until(lambda: not any(map(is_alive, partners.pids)), "the partners to end")
    finally:
        partners.stop()


def desk_in(home: Path, name: str) -> dict[str, Any]:
    """Return a partner's table of the demo's configuration."""
    told = tomllib.loads((home / "cir.toml").read_text())
    found: dict[str, Any] = told["finance"] if name == "finance" else told["providers"]["alder"]
    return found


def takes(desk: dict[str, Any]) -> bool:
    """Tell whether a desk knows the key of its file; a signature of another key is refused."""
    try:
        return (post(desk["url"], b"[]", secret=Path(desk["secret_file"]).read_text())) == 400
    except ConnectionRefusedError:
        return False
