"""Set up the project with nothing but Python 3.11 and its standard library; safe to repeat.

Run by ``make bootstrap``. It lives in ``tools/`` because it runs before anything is installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PRIVATE_UV = ROOT / ".uv"
STAMP = VENV / "bootstrap.stamp"
PLACE = VENV / "bootstrap.place"
OLDEST = (3, 11)
ROOMS = ("domain", "activities", "workflows", "adapters", "cli", "api", "stack")
PIP_SAYS = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "cert": "SSL_CERT_FILE"}
"""What pip may be told about where packages are, and the name uv has for it."""


def say(words: str) -> None:
    """Tell the person what is going on, at once."""
    print(words, file=sys.stderr, flush=True)


def fail(words: str) -> None:
    """Stop with what was tried and what would mend it."""
    say(words)
    sys.exit(1)


def run(*command: str, tried: str, mend: str) -> None:
    """Run a step; on failure show its output, what was tried and what would mend it."""
    told = {**indexes(), **os.environ}  # noqa: TID251  (handed on, not read)
    done = subprocess.run(command, cwd=ROOT, env=told, text=True, capture_output=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        fail(f"{tail}\nTried: {tried}\nTo mend it: {mend}")


@cache
def indexes() -> dict[str, str]:
    """Return what pip is told about indexes, as uv reads it; uv's own settings come first."""
    python = PRIVATE_UV / "bin" / "python"
    ask = [str(python if python.exists() else sys.executable), "-m", "pip", "config", "list"]
    said = subprocess.run(ask, text=True, capture_output=True, check=False).stdout
    found = re.findall(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", said, re.MULTILINE)
    return {PIP_SAYS[name]: " ".join(value.split()) for name, value in found if name in PIP_SAYS}


def find_uv() -> str:
    """Return a uv: on the path, the private one, or a private one made now."""
    found = shutil.which("uv")
    if found:
        return found
    mine = PRIVATE_UV / "bin" / "uv"
    if not mine.exists():
        say("Getting uv into .uv ...")
        run(
            sys.executable, "-m", "venv", "--clear", str(PRIVATE_UV),
            tried="making a private environment in .uv",
            mend="give Python its venv and ensurepip (Debian: apt-get install python3-venv)",
        )  # fmt: skip
        run(
            str(PRIVATE_UV / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv",
            tried="pip install uv, into the private environment .uv",
            mend="let pip reach a package index (its usual settings are honoured), or install uv",
        )  # fmt: skip
    return str(mine)


def fingerprint() -> str:
    """Return what the environment was made from; anything new makes it anew."""
    parts = [(ROOT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    return hashlib.sha256(b"".join([*parts, place().encode()])).hexdigest()


def is_of_here() -> bool:
    """Tell whether ``.venv`` was made here, for this Python, as far as it says."""
    return not PLACE.exists() or PLACE.read_text() == place()


def place() -> str:
    """Return where and for which Python ``.venv`` was made: its scripts work nowhere else."""
    return f"{ROOT}\n{sys.version}\n"


def install(uv: str) -> None:
    """Make ``.venv`` from the lock, the project itself in it, byte code compiled."""
    python = str(VENV / "bin" / "python")
    index = "let uv reach a package index (what pip and uv are told is honoured), then repeat"
    say("Installing from requirements.lock ...")
    if not (VENV / "bin" / "python").exists() or not is_of_here():
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV),
            tried="making .venv", mend="remove .venv and repeat")  # fmt: skip
    PLACE.write_text(place())
    run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, "requirements.lock",
        tried="installing requirements.lock with its hashes", mend=index)  # fmt: skip
    run(uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--python", python,
        "-e", ".", tried="installing the project", mend="look at the message above")  # fmt: skip
    say("Compiling byte code ...")
    subprocess.run([python, "-m", "compileall", "-q", "-j", "0", str(VENV / "lib")], check=False)


def compile_project() -> None:
    """Compile the project's own byte code; an environment may forbid writing it at run time."""
    python = str(VENV / "bin" / "python")
    files = ("worker.py", "starter.py", "settings.py")
    subprocess.run(
        [python, "-m", "compileall", "-q", *(str(ROOT / r) for r in (*ROOMS, *files))], check=False
    )


def main() -> None:
    """Do what is not done yet."""
    if sys.version_info < OLDEST:
        fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Set PYTHON=...")
    os.chdir(ROOT)
    wanted = fingerprint()
    done = STAMP.exists() and STAMP.read_text() == wanted and (VENV / "bin" / "cir").exists()
    if not done:
        STAMP.unlink(missing_ok=True)
        install(find_uv())
        STAMP.write_text(wanted)
    compile_project()


if __name__ == "__main__":
    main()
