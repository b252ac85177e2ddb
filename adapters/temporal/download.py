"""The SDK's own download: ``python -m adapters.temporal.download TARGET [VERSION]``."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from temporalio.testing import WorkflowEnvironment


async def download(target: Path, version: str = "default") -> None:
    """Download a Temporal CLI to ``target``.

    The SDK downloads only to start a server, so one is started for a moment.

    Args:
        target: The file it becomes, whole or not at all.
        version: ``v1.8.2`` and the like; ``default`` is the one the SDK was made with.

    Raises:
        RuntimeError: It could not be reached.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        async with await WorkflowEnvironment.start_local(
            download_dest_dir=folder, dev_server_download_version=version
        ):
            pass
        got = max(Path(folder).iterdir(), key=lambda path: path.stat().st_size)
        fresh = target.with_suffix(".new")
        shutil.move(got, fresh)
        fresh.chmod(0o755)
        fresh.replace(target)


def main() -> int:
    """Download, or say in one line why not."""
    try:
        asyncio.run(download(Path(sys.argv[1]), *sys.argv[2:]))
    except RuntimeError as error:
        print(str(error).splitlines()[0])
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # an ordinary exit of a short process that used the SDK may crash
