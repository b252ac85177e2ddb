"""One connection to Temporal, from its profile and ``TEMPORAL_*``."""

import asyncio

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

TRIES = 30
"""Seconds a server that is still starting is waited for [our default]."""


async def connect(
    address: str | None,
    namespace: str | None,
    converter: DataConverter,
    *,
    lazy: bool = False,
    runtime: Runtime | None = None,
) -> Client:
    """Connect with the profile's settings, overridden by what is given.

    Args:
        address: ``host:port``; ``None`` takes the profile's.
        namespace: ``None`` takes the profile's.
        converter: Seals and opens what is sent and received.
        lazy: Connect at the first call; a client can then be made while the server is down.
        runtime: Shows the SDK's numbers; none by default.

    Raises:
        RuntimeError: When the server is not reached.
    """
    profile = ClientConfig.load_client_connect_config()
    if address is not None:
        profile["target_host"] = address
    if namespace is not None:
        profile["namespace"] = namespace
    profile.setdefault("target_host", "127.0.0.1:7233")
    return await Client.connect(**profile, data_converter=converter, lazy=lazy, runtime=runtime)


async def connect_when_up(
    address: str, namespace: str, converter: DataConverter, runtime: Runtime | None = None
) -> Client:
    """Connect to a server that may still be starting: its port answers before it is healthy.

    Raises:
        RuntimeError: It was not up after ``TRIES`` seconds.
    """
    for _ in range(TRIES - 1):
        try:
            return await connect(address, namespace, converter, runtime=runtime)
        except RuntimeError:
            await asyncio.sleep(1)
    return await connect(address, namespace, converter, runtime=runtime)


def runtime_of(metrics_port: int | None) -> Runtime | None:
    """Return a runtime that shows the SDK's numbers on a port of loopback.

    It must be held for as long as the process lives: the port closes with it.

    Raises:
        ValueError: The port is taken.
    """
    if metrics_port is None:
        return None
    shown = PrometheusConfig(
        bind_address=f"127.0.0.1:{metrics_port}", durations_as_seconds=True, unit_suffix=True
    )
    return Runtime(telemetry=TelemetryConfig(metrics=shown))
