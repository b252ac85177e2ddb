"""``cir doctor`` tries what the settings name, for real, and shows no secret."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from settings import ROOT
from stack.layout import LOOPBACK, Ports, free_ports
from tests.conftest import NAMESPACE
from tests.mail_server import MailDay, mail_server

PASSWORD = "correct-horse-battery"  # noqa: S105  (fictional)

Rows = dict[str, dict[str, Any]]


def trial(home: Path, toml: str, address: str | None = None) -> tuple[Rows, str]:
    """Run the trial over a ``cir.toml``; return its rows by part, and all it printed."""
    (home / "cir.toml").write_text(toml)
    done = subprocess.run(
        [sys.executable, str(ROOT / "trial.py")],
        cwd=ROOT,
        env={
            "CIR_HOME": str(home),
            "CIR_TEMPORAL_ADDRESS": address or f"{LOOPBACK}:{free_ports(1)[0]}",
            "CIR_TEMPORAL_NAMESPACE": NAMESPACE,
        },
        text=True,
        capture_output=True,
        check=False,
        timeout=110,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["part"]: row for row in rows}, done.stdout + done.stderr


@pytest.mark.server
def test_a_server_that_is_set_up_is_told_with_its_clock(temporal: Ports, tmp_path: Path) -> None:
    from adapters.temporal import bootstrap  # noqa: PLC0415  (its program is what is run)

    address = f"{LOOPBACK}:{temporal.temporal}"
    subprocess.run(
        [sys.executable, "-m", bootstrap.__name__, address, NAMESPACE], cwd=ROOT, check=True
    )
    rows, _ = trial(tmp_path, "", address)
    assert {part: row["ok"] for part, row in rows.items()} == {
        "outbox": True,
        "policy": True,
        "temporal": True,
        "clock": True,
    }
    assert "search attributes are there" in rows["temporal"]["says"]


async def test_what_is_away_is_said_with_what_to_mend_and_no_secret(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "secret").write_text("whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0")
    rows, printed = trial(
        tmp_path,
        f"""
[mail]
host = "{LOOPBACK}"
port = {port}
user = "cir"
password_file = "{tmp_path}/password"
[finance]
url = "http://{LOOPBACK}:{port}/packs"
secret_file = "{tmp_path}/secret"
""",
    )
    assert {part: row["ok"] for part, row in rows.items()} == {
        "outbox": True,
        "policy": True,
        "mail": False,
        "finance": False,
        "temporal": False,
        "clock": False,
    }
    assert "Mend [mail] in cir.toml" in rows["mail"]["says"]
    assert "Mend [finance] in cir.toml" in rows["finance"]["says"]
    assert PASSWORD not in printed
    assert "c2VjcmV0" not in printed


async def test_a_mail_server_is_greeted_and_gets_no_mail(tmp_path: Path) -> None:
    day = MailDay()
    async with mail_server(day) as port:
        toml = f'[mail]\nhost = "{LOOPBACK}"\nport = {port}\nsecurity = "plain"\n'
        rows, _ = await asyncio.to_thread(trial, tmp_path, toml)
    assert rows["mail"]["ok"] is True
    assert f"{LOOPBACK}:{port} answers" in rows["mail"]["says"]
    assert day.mails == []


async def test_settings_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    rows, printed = trial(tmp_path, "[mail]\nhst = 'x'\n")
    assert rows == {}
    assert "mail.hst" in printed
