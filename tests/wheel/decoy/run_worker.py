"""A project that has used Temporal for years and now adds the plugin: one line."""

import asyncio
import os
import sys

from temporalio.client import Client
from temporalio.worker import Worker

from activities.post import host_greets
from tieout.plugin import TieoutPlugin
from workflows.entity_close import HostWorkflow


async def main() -> None:
    """Run the host's workflow once, then closes until the process is ended."""
    client = await Client.connect(
        os.environ["TIEOUT_TEMPORAL_ADDRESS"], namespace="tieout", plugins=[TieoutPlugin()]
    )
    async with Worker(
        client, task_queue="tieout", workflows=[HostWorkflow], activities=[host_greets]
    ):
        said = await client.execute_workflow(
            HostWorkflow.run, "host", id="host-workflow", task_queue="tieout"
        )
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(main())
