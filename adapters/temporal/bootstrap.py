"""Namespaces and search attributes, made once: ``python -m adapters.temporal.bootstrap``."""

import asyncio
import os
import sys
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode

from adapters.temporal.connect import connect_when_up

KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
DATETIME = IndexedValueType.INDEXED_VALUE_TYPE_DATETIME
BOOL = IndexedValueType.INDEXED_VALUE_TYPE_BOOL

SEARCH_ATTRIBUTES = {
    "CasePhase": KEYWORD,
    "CaseCategory": KEYWORD,
    "CaseOutcome": KEYWORD,
    "CaseOwner": KEYWORD,
    "CaseProvider": KEYWORD,
    "CaseRung": KEYWORD,
    "CaseNextClock": KEYWORD,
    "CaseDueAt": DATETIME,
    "CaseOpenedAt": DATETIME,
    "CaseBreached": BOOL,
    "CaseExercise": BOOL,
}

RETENTION = timedelta(days=30)
"""How long closed cases stay in Temporal [our default]; our own record is the archive."""

WATCH_RETENTION = timedelta(days=1)
"""Retention of the watchkeeper's namespace, so that its runs do not crowd the cases."""


LOOKS = 20
"""How often a namespace just made is looked for, a fifth of a second apart."""


class SearchAttributeTypeError(RuntimeError):
    """A search attribute of ours exists with another type; it cannot be changed in place."""


async def ensure_namespace(client: Client, name: str, retention: timedelta) -> None:
    """Make the namespace, or set its retention where it is shorter."""
    service = client.workflow_service
    wanted = Duration(seconds=int(retention.total_seconds()))
    try:
        found = await service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        await _register(client, name, wanted)
        return
    if found.config.workflow_execution_retention_ttl.seconds < wanted.seconds:
        update = UpdateNamespaceRequest(namespace=name)
        update.config.workflow_execution_retention_ttl.CopyFrom(wanted)
        await service.update_namespace(update)


async def _register(client: Client, name: str, retention: Duration) -> None:
    request = RegisterNamespaceRequest(
        namespace=name, workflow_execution_retention_period=retention
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def ensure_search_attributes(client: Client, namespace: str) -> tuple[str, ...]:
    """Add what is missing; return what was added.

    Raises:
        SearchAttributeTypeError: One exists with another type; adding it would silently do nothing.
    """
    service = client.operator_service
    listed = await listed_search_attributes(client, namespace)
    wrong = [
        name for name, kind in SEARCH_ATTRIBUTES.items() if name in listed and listed[name] != kind
    ]
    if wrong:
        raise SearchAttributeTypeError(
            f"Namespace {namespace} has {', '.join(wrong)} with another type: use a fresh one."
        )
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in listed}
    if missing:
        request = AddSearchAttributesRequest(search_attributes=missing, namespace=namespace)
        await service.add_search_attributes(request)
    return tuple(missing)


async def listed_search_attributes(client: Client, namespace: str) -> dict[str, int]:
    """Return the custom search attributes; a namespace just made may take a moment to be known."""
    request = ListSearchAttributesRequest(namespace=namespace)
    for attempt in range(LOOKS):
        try:
            found = await client.operator_service.list_search_attributes(request)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND or attempt == LOOKS - 1:
                raise
            await asyncio.sleep(0.2)
        else:
            return dict(found.custom_attributes)
    return {}


async def bootstrap(client: Client, namespace: str) -> None:
    """Make everything a worker needs in ``namespace`` and in the watchkeeper's beside it."""
    await ensure_namespace(client, namespace, RETENTION)
    await ensure_search_attributes(client, namespace)
    await ensure_namespace(client, watch_namespace(namespace), WATCH_RETENTION)


def watch_namespace(namespace: str) -> str:
    """Return the name of the watchkeeper's namespace beside ``namespace``."""
    return f"{namespace}-watch"


async def _main(address: str, namespace: str) -> None:
    client = await connect_when_up(address, namespace, DataConverter.default)  # it sends no payload
    await bootstrap(client, namespace)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)  # an ordinary exit of a short process that used the SDK may crash
