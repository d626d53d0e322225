"""What API and command line ask of running closes: one Protocol, kept by Temporal."""

from typing import Protocol

from controls.approval import Decision
from controls.group_messages import GroupCloseRequest
from controls.messages import Acted, Answer, CloseRequest, Resolution, SendBack


class CloseGateway(Protocol):
    """Starts closes and carries people's actions to them. Each nonce counts once.

    Raises GatewayUnavailableError when the workflow engine can't be reached in time, and
    NoSuchCloseError when the close was never started or has ended.
    """

    async def start(self, request: CloseRequest) -> None:
        """Start the close, or attach to the one that runs."""
        ...

    async def start_group(self, request: GroupCloseRequest) -> None:
        """Start the group's close, or attach to the one that runs."""
        ...

    async def decide(self, decision: Decision) -> Answer:
        """Submit, approve, reject, request a change, explain a difference, or sign off."""
        ...

    async def resolve(self, resolution: Resolution) -> Answer:
        """Answer an exception; the close then calculates anew."""
        ...

    async def recalculate(self, acted: Acted) -> Answer:
        """Read everything again and calculate anew, while exceptions wait."""
        ...

    async def figures_changed(self, acted: Acted) -> Answer:
        """Calculate anew from what a person imported; the answer names the step it was in."""
        ...

    async def recheck_lock(self, acted: Acted) -> Answer:
        """Read the ledger's lock dates again."""
        ...

    async def recheck_difference(self, acted: Acted) -> Answer:
        """Read the ledger again and tie out anew."""
        ...

    async def retry(self, acted: Acted) -> Answer:
        """Try a failed journal again, or all of them."""
        ...

    async def send_back(self, given: SendBack, *, posting: bool) -> Answer:
        """Have the close go back to review; `posting` where journals wait, not a locked ledger."""
        ...


class GatewayError(Exception):
    """Base: what was asked could not be carried to a close."""


class GatewayUnavailableError(GatewayError):
    """The workflow engine does not answer; nothing was decided. Try again."""


class NoSuchCloseError(GatewayError):
    """There is no running close of that entity and period."""
