"""The codec server: for staff with a token, from the Web UI's pages only."""

import json
from base64 import b64decode
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload, Payloads

from adapters.keyring import Keyring
from domain.people import Role
from starter import converter_of
from tests.desk import DeskHouse, Reply

UI = "http://127.0.0.1:8233"
SAID = "Marian Tolley, 07700 900123"


async def sealed(desk: DeskHouse) -> dict[str, Any]:
    """Return what Temporal has of a text, as the Web UI asks about it."""
    payloads = await converter_of(desk.settings).encode([SAID])
    asked: dict[str, Any] = MessageToDict(Payloads(payloads=payloads))
    assert SAID not in json.dumps(asked)
    return asked


async def ask(desk: DeskHouse, path: str, body: object, **headers: str) -> Reply:
    """Ask as the Web UI or the command line does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    all_headers = {"Content-Type": "application/json", "X-Namespace": "default", **named}
    return await desk.ask("POST", path, json.dumps(body).encode(), all_headers)


def text_of(reply: Reply) -> str:
    """Return the one text of an answer."""
    (payload,) = reply.json["payloads"]
    return str(json.loads(b64decode(payload["data"])))


async def test_the_command_line_gets_it_decoded_with_a_token_in_its_header(
    desk: DeskHouse,
) -> None:
    reply = await ask(
        desk, "/codec/decode", await sealed(desk), Authorization=f"Bearer {desk.token}"
    )
    assert (reply.status, text_of(reply)) == (200, SAID)


async def test_the_web_ui_gets_it_decoded_with_a_token_in_its_endpoint(desk: DeskHouse) -> None:
    reply = await ask(desk, f"/codec/{desk.token}/decode", await sealed(desk), Origin=UI)
    assert (reply.status, text_of(reply)) == (200, SAID)
    assert reply.headers["access-control-allow-origin"] == UI


@pytest.mark.parametrize("path", ["/codec/decode", "/codec/not-a-token/decode", "/codec/encode"])
async def test_whoever_has_no_token_is_told_nothing(desk: DeskHouse, path: str) -> None:
    for header in ("", "Bearer", "Bearer wrong", f"Basic {desk.token}"):
        reply = await ask(desk, path, await sealed(desk), Authorization=header)
        assert (reply.status, reply.text) == (401, "")


async def test_a_token_that_was_revoked_opens_nothing(desk: DeskHouse) -> None:
    asked = await sealed(desk)
    await desk.registers.revoke_tokens("kaya")
    assert (await ask(desk, f"/codec/{desk.token}/decode", asked)).status == 401


async def test_a_provider_reads_no_case_here(desk: DeskHouse) -> None:
    token = await desk.token_of("alder", Role.PROVIDER)
    reply = await ask(desk, "/codec/decode", await sealed(desk), Authorization=f"Bearer {token}")
    assert (reply.status, reply.text) == (401, "")


async def test_what_the_command_line_has_encoded_is_sealed(desk: DeskHouse) -> None:
    clear = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(SAID).encode())
    body = MessageToDict(Payloads(payloads=[clear]))
    token = f"Bearer {desk.token}"
    reply = await ask(desk, "/codec/encode", body, Authorization=token)
    assert reply.status == 200
    (payload,) = reply.json["payloads"]
    assert set(payload["metadata"]) == {"encoding", "key-id"}
    back = await ask(desk, "/codec/decode", reply.json, Authorization=token)
    assert text_of(back) == SAID


async def test_a_page_of_another_origin_may_not_ask(desk: DeskHouse) -> None:
    asked = {"Access-Control-Request-Method": "POST"}
    for origin, status in ((UI, 200), ("http://127.0.0.1:1", 400), ("null", 400)):
        headers = {**asked, "Origin": origin, "Access-Control-Request-Headers": "x-namespace"}
        reply = await desk.ask("OPTIONS", f"/codec/{desk.token}/decode", b"", headers)
        assert reply.status == status
        allowed = reply.headers.get("access-control-allow-origin")
        assert allowed == (UI if status == 200 else None)


async def test_no_other_door_may_be_asked_from_another_origin(desk: DeskHouse) -> None:
    headers = {"Authorization": f"Bearer {desk.token}", "Origin": UI}
    reply = await desk.ask("GET", "/cases", b"", headers)
    assert reply.status == 200
    assert "access-control-allow-origin" not in reply.headers


async def test_another_namespace_is_not_ours_to_decode(desk: DeskHouse) -> None:
    token = f"Bearer {desk.token}"
    reply = await ask(
        desk, "/codec/decode", await sealed(desk), Authorization=token, X_Namespace="other"
    )
    assert reply.says == (404, "not-found", "other-namespace")


async def test_what_is_no_list_of_payloads_is_a_question_nobody_asked(desk: DeskHouse) -> None:
    reply = await ask(desk, "/codec/decode", [1], Authorization=f"Bearer {desk.token}")
    assert reply.says == (400, "usage", "not-payloads")


async def test_a_key_that_is_lost_is_named_to_whoever_may_know(desk: DeskHouse) -> None:
    asked = await sealed(desk)
    key = Keyring.from_file(desk.settings.payload_keys).newest
    asked["payloads"][0]["metadata"]["key-id"] = "ay1sb3N0"
    reply = await ask(desk, "/codec/decode", asked, Authorization=f"Bearer {desk.token}")
    assert reply.says == (500, "failed", "cannot-open")
    assert "k-lost is not in payload.keys" in reply.error["message"]
    assert key not in reply.text
