"""A module that bears the name of one of ours."""

from temporalio import activity


@activity.defn
async def host_greets(name: str) -> str:
    """The host's own work."""
    return f"Hello, {name}."
