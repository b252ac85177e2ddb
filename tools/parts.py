"""Get what only the tests need from the machine's packages: Chromium, for the browser checks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bootstrap import fail, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LINE = "apt-get update && apt-get install -y --no-install-recommends chromium"


def main() -> None:
    """Install Chromium when there is none; stop with the line to run when that is not allowed."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    root = os.geteuid() == 0
    sudo = [] if root else ["sudo", "-n"]
    if not root and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode:
        fail(f"The browser checks need Chromium. Run this, then repeat:\n  sudo sh -c '{LINE}'")
    say("Installing Chromium for the browser checks ...")
    done = subprocess.run([*sudo, "sh", "-c", LINE], text=True, capture_output=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-10:])
        fail(f"{tail}\nChromium could not be installed. Run this, then repeat:\n  {LINE}")


if __name__ == "__main__":
    main()
