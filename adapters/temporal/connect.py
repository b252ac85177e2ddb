"""One connection to Temporal, from its profile and ``TEMPORAL_*``."""

import asyncio

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig

TRIES = 30
"""Seconds a server that is still starting is waited for [our default]."""


async def connect(
    address: str | None, namespace: str | None, converter: DataConverter, *, lazy: bool = False
) -> Client:
    """Connect with the profile's settings, overridden by what is given.

    Args:
        address: ``host:port``; ``None`` takes the profile's.
        namespace: ``None`` takes the profile's.
        converter: Seals and opens what is sent and received.
        lazy: Connect at the first call; a client can then be made while the server is down.

    Raises:
        RuntimeError: When the server is not reached.
    """
    profile = ClientConfig.load_client_connect_config()
    if address is not None:
        profile["target_host"] = address
    if namespace is not None:
        profile["namespace"] = namespace
    profile.setdefault("target_host", "127.0.0.1:7233")
    return await Client.connect(**profile, data_converter=converter, lazy=lazy)


async def connect_when_up(address: str, namespace: str, converter: DataConverter) -> Client:
    """Connect to a server that may still be starting: its port answers before it is healthy.

    Raises:
        RuntimeError: It was not up after ``TRIES`` seconds.
    """
    for _ in range(TRIES - 1):
        try:
            return await connect(address, namespace, converter)
        except RuntimeError:
            await asyncio.sleep(1)
    return await connect(address, namespace, converter)
