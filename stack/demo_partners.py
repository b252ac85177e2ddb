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

PROVIDER, FINANCE = "alder", "sam"


class Partners:
    """Programs on loopback, each with a key that it shares with the demo's own stack."""

    def __init__(self, home: Path, finance_ref: str) -> None:
        """Start them and write ``cir.toml``, before the stack comes up.

        Args:
            home: The demo's folder.
            finance_ref: What finance answers with.
        """
        self._home = home
        provider, finance = free_ports(2)
        config = self._desk(f"providers.{PROVIDER}", provider) + self._desk("finance", finance)
        (home / "cir.toml").write_text(config)
        self._running = [
            self._started("provider", provider, "--provider", PROVIDER, "--speed", SPEED),
            self._started("finance", finance, "--person", FINANCE, "--reference", finance_ref),
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

    def _desk(self, table: str, port: int) -> str:
        """Return a table of ``cir.toml``, its key in a file for this demo alone."""
        key = self._secret(table)
        key.touch(mode=0o600)
        key.write_text(f"whsec_{b64encode(secrets.token_bytes(32)).decode()}\n")
        url = f"http://{LOOPBACK}:{port}/messages"
        return f'[{table}]\nurl = "{url}"\nsecret_file = "{key}"\n\n'

    def _secret(self, table: str) -> Path:
        return self._home / f"{table.partition('.')[0]}.key"

    def _started(self, name: str, port: int, *more: str) -> subprocess.Popen[bytes]:
        key = self._secret("providers" if name == "provider" else name)
        told = ("--home", str(self._home), "--port", str(port), "--secret-file", str(key))
        with (self._home / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"stack.partners.{name}", *told, *more],
                cwd=ROOT,
                env=os.environ,  # noqa: TID251  (handed on)
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
