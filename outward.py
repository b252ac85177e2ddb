"""The ways out that the settings name, for every process that sends or tries them."""

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notice_ports import Notifier
from adapters.database.texts import DatabaseTexts, Limits
from adapters.mail.file_outbox import FileOutboxNotifier
from adapters.mail.smtp import MailServer, SmtpNotifier
from adapters.notify.notifier import NotifyNotifier, NotifyService
from adapters.policies import shipped
from adapters.signed_line import Desk, SignedLine
from domain.policy import Policy
from settings import (
    MailSettings,
    NotifySettings,
    PartnerSettings,
    Settings,
    SettingsError,
    secret_of,
)

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

NOTIFY_KEY = re.compile(rf"(?:\S+-)?{UUID}-{UUID}")
"""An API key as GOV.UK Notify gives it: a name, the service's UUID and the secret, a UUID too."""


def mail_server(chosen: MailSettings) -> MailServer:
    """Return the mail server that the settings describe; its password is read from its file."""
    return MailServer(
        host=chosen.host,
        port=chosen.port,
        security=chosen.security,
        user=chosen.user,
        password=secret_of(chosen.password_file) or "",
        authorities=chosen.authorities_file,
        timeout_s=chosen.timeout_s,
    )


def signed_line(chosen: PartnerSettings, now: Callable[[], datetime]) -> SignedLine:
    """Return the way to another organisation's desk; its secret is read from its file.

    Raises:
        SettingsError: The secret is none.
    """
    secret = secret_of(chosen.secret_file) or ""
    try:
        desk = Desk(url=str(chosen.url), secret=secret, timeout_s=chosen.timeout_s)
        return SignedLine(desk, now)
    except ValueError as error:
        raise SettingsError(f"{chosen.secret_file}: {error}") from None


def notify_service(chosen: NotifySettings) -> NotifyService:
    """Return the service at GOV.UK Notify that the settings describe.

    Raises:
        SettingsError: The key is none; the library would only fail an assertion at each send.
    """
    key = secret_of(chosen.api_key_file) or ""
    if NOTIFY_KEY.fullmatch(key) is None:
        words = "this is no API key of GOV.UK Notify: a name and two UUIDs"
        raise SettingsError(f"{chosen.api_key_file}: {words}")
    return NotifyService(
        api_key=key,
        email_template=chosen.email_template,
        sms_template=chosen.sms_template,
        base_url=chosen.base_url,
        timeout_s=chosen.timeout_s,
    )


def notify_of(
    settings: Settings, engine: AsyncEngine, now: Callable[[], datetime]
) -> NotifyNotifier | None:
    """Return the way through GOV.UK Notify, when one is named."""
    if settings.notify is None:
        return None
    policy = Policy.of(shipped())  # the networks' figures stand in every policy alike
    limits = Limits(
        equal=policy.setting("pager.hourly_equal_texts"),
        most=policy.setting("pager.hourly_texts"),
    )
    texts = DatabaseTexts(engine, settings.check_word_key(), now, limits)
    return NotifyNotifier(notify_service(settings.notify), texts)


def mailer_of(settings: Settings, engine: AsyncEngine, now: Callable[[], datetime]) -> Notifier:
    """Return what carries mails: the mail server, else Notify, else files in the outbox."""
    if settings.mail is not None:
        return SmtpNotifier(mail_server(settings.mail), settings.sender)
    return notify_of(settings, engine, now) or FileOutboxNotifier(settings.outbox, settings.sender)
