"""Mail: composing a message, and a file outbox in the place of a mail server."""
