"""``python -m api`` runs the desk."""

import sys

import uvicorn

from adapters.database.readiness import DatabaseNotReadyError, check_ready
from api.application import build_application
from settings import load


def main() -> None:
    """Serve the desk where the settings say."""
    settings = load()
    try:
        check_ready(settings.database)
    except DatabaseNotReadyError as error:
        sys.exit(str(error))
    uvicorn.run(
        build_application(settings),
        host=settings.desk_host,
        port=settings.desk_port,
        log_level="warning",
        access_log=False,
    )


if __name__ == "__main__":
    main()
