"""What a provider's program is sent: one JSON document a message, the same bytes at every try."""

import json

from activities.notice_ports import Message


def document_of(message: Message) -> bytes:
    """Return what a provider's program reads; whoever sends it on signs these bytes."""
    content = {
        "id": message.message_id,
        "type": message.notice.notice,
        "case": message.case,
        "provider": message.notice.provider,
        "exercise": message.notice.exercise,
        "subject": message.subject,
        "body": message.body,
        "facts": message.facts,
    }
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
