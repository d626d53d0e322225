"""Messages by mail, Slack, Teams and a hundred other ways, through Apprise.

Its configuration file holds the addresses, and their secrets: one each line or YAML, each tagged
with the roles that it reaches, `always` for every message. (github.com/caronc/apprise/wiki/config)
"""

from pathlib import Path

from apprise import Apprise, AppriseConfig

from connectors.errors import ConnectionConfigError
from connectors.notifier import Message, NotifierError


class AppriseNotifier:
    """Notifier over Apprise. Raises ConnectionConfigError for a file that names no address."""

    def __init__(self, file: Path) -> None:
        addresses = AppriseConfig()
        addresses.add(str(file))
        self._apprise = Apprise()
        self._apprise.add(addresses)
        if not len(self._apprise):
            raise ConnectionConfigError(f"{file} can't be read, or names no address to send to.")

    def send(self, message: Message) -> None:
        """To every address of the role. Raises NotifierError where one did not take it."""
        if not any(True for _address in self._apprise.find(message.role)):
            raise NotifierError(
                f"Nobody can be told what waits for the {message.role}: tag an address with "
                f"{message.role}, or with always."
            )
        taken = self._apprise.notify(title=message.title, body=message.body, tag=message.role)
        if not taken:
            raise NotifierError(f"A message for the {message.role} was not taken.")
