"""Our own worker: the plugin's first user."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from datetime import timedelta

from temporalio.worker import Interceptor, Worker

from tieout.compose import connect, doors_from
from tieout.plugin import TieoutPlugin
from tieout.schedules import keep_schedules
from tieout.settings import Settings, read_settings

STICKY_TIMEOUT = timedelta(seconds=2)
"""After a worker's death its workflows go to another one within this time."""
CONCURRENT_ACTIVITIES = 50


async def run_worker(
    settings: Settings | None = None,
    *,
    interceptors: Sequence[Interceptor] = (),
    sticky_timeout: timedelta = STICKY_TIMEOUT,
) -> None:
    """Run closes until SIGINT or SIGTERM: our own worker is the plugin's first user."""
    settings = settings or read_settings()
    plugin = TieoutPlugin(doors_from(settings))
    client = await connect(settings, plugins=(plugin,))
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    await keep_schedules(client, settings.task_queue)
    async with Worker(
        client,
        task_queue=settings.task_queue,
        max_concurrent_activities=CONCURRENT_ACTIVITIES,
        interceptors=interceptors,
        sticky_queue_schedule_to_start_timeout=sticky_timeout,
        graceful_shutdown_timeout=timedelta(seconds=5),
    ):
        print("The worker is ready.", flush=True)  # noqa: T201
        await stop.wait()
