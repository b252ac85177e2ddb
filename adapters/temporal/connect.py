"""One connection to Temporal, from its profile and ``TEMPORAL_*``."""

import asyncio
import logging

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

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


def runtime_of(metrics_port: int | None) -> Runtime:
    """Return a runtime whose own log goes the way of ours, and that may show the SDK's numbers.

    It must be held for as long as the process lives: the port closes with it.

    Args:
        metrics_port: Where on loopback the numbers are shown; ``None`` is nowhere.

    Raises:
        ValueError: The port is taken.
    """
    logging_too = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(logger=logging.getLogger("temporalio.core")),
    )
    if metrics_port is None:
        return Runtime(telemetry=TelemetryConfig(logging=logging_too))
    shown = PrometheusConfig(
        bind_address=f"127.0.0.1:{metrics_port}", durations_as_seconds=True, unit_suffix=True
    )
    return Runtime(telemetry=TelemetryConfig(logging=logging_too, metrics=shown))
