"""Emails and texts by GOV.UK Notify, under our own reference, looked up before any resend.

Notify takes a message (``accepted``) and tells later what became of it: by a callback, and to
whoever asks by reference, because callbacks get lost. Whatever leaves it open whether a message was
taken (a lost answer, a 5xx) is raised as an unknown outcome, so that the next try looks first.
"""

import asyncio
from typing import Any, Literal, Protocol, cast

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from activities.notice_ports import Delivery, Message
from domain.notice import Channel
from domain.value import Value

State = Literal["accepted", "delivered", "failed"]

STATES: dict[str, State] = {
    "created": "accepted",
    "sending": "accepted",
    "pending": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "permanent-failure": "failed",
    "temporary-failure": "failed",
    "technical-failure": "failed",
}
"""Notify's statuses in our words. A temporary failure is one that Notify has given up on."""

TEXTS: tuple[Channel, ...] = ("sms", "page")
"""Channels that are a text: a notice that also goes by page wakes a person by it."""

RATE_LIMITED = 429
LEAST_FAULT_OF_THEIRS = 500


class NotifyService(Value):
    """A service at GOV.UK Notify.

    Attributes:
        api_key: ``name-service-secret``, as Notify shows it.
        email_template: Its subject is ``((subject))`` and its text ``((body))``.
        sms_template: Its text is ``((body))``.
        base_url: Where the API is.
        timeout_s: Seconds one call may take.
    """

    api_key: str
    email_template: str
    sms_template: str
    base_url: str = "https://api.notifications.service.gov.uk"
    timeout_s: float = 10


class Texts(Protocol):
    """Counts texts, because networks stop what comes too often."""

    async def may_go(self, number: str, words: str) -> bool:
        """Count a text that is about to go, or tell that it would be stopped."""
        ...


class NotifyNotifier:
    """Sends emails and texts. A message taken is ``accepted`` until a receipt says more.

    A text that the networks would stop is not sent and counts as failed, so that the same words
    reach the person by another channel.
    """

    def __init__(self, service: NotifyService, texts: Texts) -> None:
        self._service = service
        self._texts = texts

    async def deliver(self, message: Message) -> Delivery:
        """Send the message under its own reference.

        Raises:
            OSError: Notify may or may not have it.
        """
        if message.channel in TEXTS and message.to.phone is None:
            return Delivery(state="failed", how="no telephone number")
        if message.channel in TEXTS and not await self._texts.may_go(
            message.to.phone or "", _text_of(message)
        ):
            return Delivery(state="failed", how="too many texts went to this number this hour")
        try:
            await asyncio.to_thread(self._send, message)
        except APIError as error:
            return _refused(error)
        return Delivery(state="accepted", how="taken by Notify")

    async def look_up(self, message: Message) -> Delivery:
        """Ask Notify what became of the message.

        Raises:
            OSError: Notify cannot be asked now.
        """
        return await self.status(message.message_id)

    async def status(self, reference: str) -> Delivery:
        """Return what became of what went out under ``reference``.

        Raises:
            OSError: Notify cannot be asked now.
        """
        try:
            found = await asyncio.to_thread(self._found, reference)
        except APIError as error:
            raise OSError(f"Notify could not be asked: {error.status_code}") from error
        if found is None:
            return Delivery(state="failed", how="Notify never had it", again=True)
        return delivery_of(found)

    async def greet(self) -> None:
        """Sign in and read both templates, sending nothing.

        Raises:
            OSError: It cannot be reached, the key is refused or a template is not there.
        """
        service = self._service
        try:
            for template in (service.email_template, service.sms_template):
                await asyncio.to_thread(self._client().get_template, template)
        except APIError as error:
            raise OSError(f"Notify answered {error.status_code}: {_first_word(error)}") from error

    def _send(self, message: Message) -> None:
        client, service = self._client(), self._service
        if message.channel in TEXTS:
            client.send_sms_notification(
                phone_number=message.to.phone,
                template_id=service.sms_template,
                personalisation={"body": _text_of(message)},
                reference=message.message_id,
            )
            return
        client.send_email_notification(
            email_address=message.to.email,
            template_id=service.email_template,
            personalisation={"subject": message.subject, "body": message.body},
            reference=message.message_id,
        )

    def _found(self, reference: str) -> str | None:
        """Return the status of the message that went out under ``reference``, the best if several.

        A reference is not unique at Notify: what went twice counts as delivered when either did.
        """
        answer = self._client().get_all_notifications(reference=reference)
        states = [str(one["status"]) for one in answer["notifications"]]
        return min(states, key=_rank, default=None)

    def _client(self) -> Any:  # noqa: ANN401  (the library is not typed)
        """Return a client for one call: the library's is not safe between threads."""
        service, untyped = self._service, cast("Any", NotificationsAPIClient)
        return untyped(service.api_key, base_url=service.base_url, timeout=service.timeout_s)


def _text_of(message: Message) -> str:
    return message.sms or message.subject


def delivery_of(status: str) -> Delivery:
    """Return what a status of Notify's means here; one it did not document counts as accepted."""
    return Delivery(state=STATES.get(status, "accepted"), how=f"Notify: {status}"[:100])


def _rank(status: str) -> int:
    return ("delivered", "accepted", "failed").index(STATES.get(status, "accepted"))


def _refused(error: APIError) -> Delivery:
    """Return what a refusal means.

    Raises:
        OSError: It leaves open whether the message was taken.
    """
    status = error.status_code
    if status >= LEAST_FAULT_OF_THEIRS:  # the client says 503 when no answer came at all
        raise OSError(f"Notify answered {status}") from error
    how = f"Notify refused it: {status} {_first_word(error)}"
    return Delivery(state="failed", how=how, again=status == RATE_LIMITED)


def _first_word(error: APIError) -> str:
    """Return the name of the first problem; its sentence stays out, for it may quote an address."""
    told = error.message
    return str(told[0].get("error", "")) if isinstance(told, list) and told else ""
