"""Set up the project with nothing but Python 3.11 and its standard library; safe to repeat.

Run by ``make bootstrap``. It lives in ``tools/`` because it runs before anything is installed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PRIVATE_UV = ROOT / ".uv"
STAMP = VENV / "bootstrap.stamp"
OLDEST = (3, 11)
ROOMS = ("domain", "activities", "workflows", "adapters", "cli", "api", "stack")


def say(words: str) -> None:
    """Tell the person what is going on, at once."""
    print(words, file=sys.stderr, flush=True)


def fail(words: str) -> None:
    """Stop with what was tried and what would mend it."""
    say(words)
    sys.exit(1)


def run(*command: str, tried: str, mend: str) -> None:
    """Run a step; on failure show its output, what was tried and what would mend it."""
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        fail(f"{tail}\nTried: {tried}\nTo mend it: {mend}")


def find_uv() -> str:
    """Return a uv: on the path, the private one, or a private one made now."""
    found = shutil.which("uv")
    if found:
        return found
    mine = PRIVATE_UV / "bin" / "uv"
    if not mine.exists():
        say("Getting uv into .uv ...")
        venv.create(PRIVATE_UV, with_pip=True)
        run(
            str(PRIVATE_UV / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv",
            tried="pip install uv, into the private environment .uv",
            mend="let pip reach a package index (its usual settings are honoured), or install uv",
        )  # fmt: skip
    return str(mine)


def fingerprint() -> str:
    """Return what the environment was made from; anything new makes it anew."""
    parts = [(ROOT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    return hashlib.sha256(b"".join([*parts, sys.version.encode(), str(ROOT).encode()])).hexdigest()


def install(uv: str) -> None:
    """Make ``.venv`` from the lock, the project itself in it, byte code compiled."""
    python = str(VENV / "bin" / "python")
    index = "let uv reach a package index (UV_INDEX_URL, UV_FIND_LINKS are honoured), then repeat"
    say("Installing from requirements.lock ...")
    if not (VENV / "bin" / "python").exists():
        run(uv, "venv", "--quiet", "--python", sys.executable, str(VENV),
            tried="making .venv", mend="remove .venv and repeat")  # fmt: skip
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
    if not STAMP.exists() or STAMP.read_text() != wanted:
        install(find_uv())
        STAMP.write_text(wanted)
    compile_project()


if __name__ == "__main__":
    main()
