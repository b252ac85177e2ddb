"""The demo's partners: a provider and a finance desk as processes that end with its stack."""

import os
import secrets
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

from settings import ROOT
from stack.layout import LOOPBACK, free_ports

SPEED = "20000"
"""A provider that waits two hours in a third of a second."""

PROVIDER = "alder"


class Partners:
    """Programs on loopback, each with a key that it shares with the demo's own stack."""

    def __init__(self, home: Path, finance_ref: str) -> None:
        """Start them and write ``cir.toml``, before the stack comes up.

        Args:
            home: The demo's folder.
            finance_ref: What finance answers with.
        """
        self._home = home
        ports = dict(zip((PROVIDER, "finance"), free_ports(2), strict=True))
        for name in (*ports, *(f"{name}-answers" for name in ports)):
            self._key(name).touch(mode=0o600)
            key = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
            self._key(name).write_text(f"{key}\n")
        tables = ("[doors]", f'finance_secret_files = ["{self._key("finance-answers")}"]',
                  "[doors.provider_secret_files]",
                  f'{PROVIDER} = ["{self._key(f"{PROVIDER}-answers")}"]',
                  f"[providers.{PROVIDER}]", *self._desk(PROVIDER, ports),
                  "[finance]", *self._desk("finance", ports))  # fmt: skip
        (home / "cir.toml").write_text("\n".join(tables) + "\n")
        self._running = [
            self._started("provider", PROVIDER, ports, "--provider", PROVIDER, "--speed", SPEED),
            self._started("finance", "finance", ports, "--reference", finance_ref),
        ]

    @property
    def pids(self) -> tuple[int, ...]:
        """Return their process numbers."""
        return tuple(process.pid for process in self._running)

    def stop(self) -> None:
        """End them; with a stack that is kept they are left, and end with it."""
        for process in self._running:
            process.terminate()
            process.wait()

    def _key(self, name: str) -> Path:
        """Return the file of a key that this demo alone has; each direction has its own."""
        return self._home / f"{name}.key"

    def _desk(self, name: str, ports: dict[str, int]) -> tuple[str, str]:
        """Return what ``cir.toml`` says about a desk."""
        url = f"http://{LOOPBACK}:{ports[name]}/messages"
        return f'url = "{url}"', f'secret_file = "{self._key(name)}"'

    def _started(
        self, program: str, name: str, ports: dict[str, int], *more: str
    ) -> subprocess.Popen[bytes]:
        told = (
            *("--home", str(self._home), "--port", str(ports[name])),
            *("--secret-file", str(self._key(name))),
            *("--answer-secret-file", str(self._key(f"{name}-answers"))),
        )
        with (self._home / f"{program}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"stack.partners.{program}", *told, *more],
                cwd=ROOT,
                env=os.environ,  # noqa: TID251  (handed on)
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
