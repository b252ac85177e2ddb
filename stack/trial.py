"""Trying what a stack's settings name, by a program of its own that may hold their secrets."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from settings import ROOT
from stack.layout import Layout

WITHIN = 240.0
"""Seconds the whole trial may take [our default]; each part has a limit of its own."""


def trial(data: Path) -> list[dict[str, Any]]:
    """Try every part that the settings of the stack over ``data`` name.

    Before the first ``cir local up`` the settings are those of the environment and ``cir.toml``.
    """
    own = {"CIR_DATA_DIR": str(data), "CIR_CONFIG_FILE": str(data.parent / "cir.toml")}
    if (data / "layout.json").exists():
        own = Layout.read(data).environment
    try:
        done = subprocess.run(
            [sys.executable, str(ROOT / "trial.py")],
            cwd=ROOT,
            env={**own, **_without(own)},
            text=True,
            capture_output=True,
            timeout=WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [{"part": "settings", "ok": False, "says": f"no answer within {WITHIN:.0f} s"}]
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode:
        words = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        rows.append({"part": "settings", "ok": False, "says": words})
    return rows


def _without(own: dict[str, str]) -> dict[str, str]:
    """Return this process's environment without what the stack says itself."""
    return {name: value for name, value in os.environ.items() if name not in own}  # noqa: TID251
