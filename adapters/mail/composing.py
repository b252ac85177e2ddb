"""A notice as an email: headers that nobody can break into, and one Message-ID for every try."""

from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from activities.notice_ports import Message
from domain.free_text import clean_line


def compose(message: Message, sender: str) -> EmailMessage:
    """Return the email of a message; the same message always makes the same email.

    Args:
        message: What is told; ``to.email`` is set.
        sender: The service's own address; Message-IDs are of its domain.

    Raises:
        ValueError: If the address cannot be written in a header.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Mailbox("Cyber Incident Response, MHCLG", addr_spec=sender)
    mail["To"] = _mailbox(message)
    mail["Subject"] = clean_line(message.subject)
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    happened_at = message.notice.context.get("happened_at")
    if isinstance(happened_at, str):
        mail["Date"] = format_datetime(datetime.fromisoformat(happened_at))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body, cte="quoted-printable")
    return mail


def _mailbox(message: Message) -> Mailbox:
    """Return the addressee as a header writes them."""
    try:
        return Mailbox(clean_line(message.to.name), addr_spec=message.to.email or "")
    except Exception as error:
        # The standard library answers a bad address with errors of several kinds, IndexError too.
        raise ValueError("The address cannot be written in a mail header.") from error
