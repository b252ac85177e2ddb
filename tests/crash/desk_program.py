"""A provider's desk as a program that can be killed: ``… desk_program PORT FOLDER``.

It keeps each message as a file. While FOLDER holds ``hold-before`` or ``hold-after``, a message of
the type in that file is read whole and never answered, before or after it was kept; ``held`` says
that it came to that.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Event

from standardwebhooks import Webhook

from tests.partner_server import SECRET


def handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    numbers = count(len(list(folder.glob("*.json"))) + 1)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            content = Webhook(SECRET).verify(body, {k.lower(): v for k, v in self.headers.items()})
            wanted = (hold for hold in folder.glob("hold-*") if hold.read_text() == content["type"])
            holds = next((hold.name for hold in wanted), None)
            if holds != "hold-before":
                kept = {"webhook-id": self.headers["webhook-id"], **content}
                (folder / f"{next(numbers):04d}.json").write_text(json.dumps(kept))
            if holds:
                (folder / "held").touch()
                Event().wait()
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name)
            """Say nothing."""

    return Handler


if __name__ == "__main__":
    port, place = int(sys.argv[1]), Path(sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", port), handler(place))
    (place / "ready").touch()
    server.serve_forever()
