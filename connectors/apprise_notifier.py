"""Messages by mail, Slack, Teams and a hundred other ways, through Apprise.

Its configuration file holds the addresses, and their secrets: one each line or YAML, each tagged
with the roles that it reaches, `always` for every message. (github.com/caronc/apprise/wiki/config)
The mail server tagged `people` is the one by which people are written to at their own addresses.
"""

from collections.abc import Iterable
from copy import copy
from pathlib import Path

from apprise import Apprise, AppriseConfig
from apprise.plugins.email.base import NotifyEmail

from connectors.errors import ConnectionConfigError
from connectors.notifier import Message, NotifierError

PEOPLE = "people"
"""The tag of the mail server for people's own addresses."""


class AppriseNotifier:
    """Notifier over Apprise. Raises ConnectionConfigError for a file that names no address, or
    tags something else than a mail server with `people`.
    """

    def __init__(self, file: Path) -> None:
        addresses = AppriseConfig()
        addresses.add(str(file))
        self._apprise = Apprise()
        self._apprise.add(addresses)
        if not len(self._apprise):
            raise ConnectionConfigError(f"{file} can't be read, or names no address to send to.")
        tagged = [*self._apprise.find(PEOPLE, match_always=False)]
        self._mail = [each for each in tagged if isinstance(each, NotifyEmail)]
        if len(self._mail) < len(tagged):
            raise ConnectionConfigError(f"{file}: what is tagged {PEOPLE} is not a mail server.")

    def send(self, message: Message) -> None:
        """To each address, and to the office's channel of the role where it is meant to have it.

        Without a mail server for people all of it goes to the channel. Raises NotifierError where
        something was not taken.
        """
        by_mail = message.to if self._mail else ()
        if message.channel or not by_mail:
            self._to_channel(message)
        for address in by_mail:
            if not self._taken(address, message):
                raise NotifierError(f"A message for the {message.role} was not taken by mail.")

    def _taken(self, address: str, message: Message) -> bool:
        def sent() -> Iterable[bool]:
            for server in self._mail:
                mail = copy(server)
                mail.targets = [(False, address)]
                yield bool(mail.notify(body=message.body, title=message.title))

        return all(sent())

    def _to_channel(self, message: Message) -> None:
        if not any(True for _address in self._apprise.find(message.role)):
            raise NotifierError(
                f"Nobody can be told what waits for the {message.role}: tag an address with "
                f"{message.role}, or with always."
            )
        taken = self._apprise.notify(title=message.title, body=message.body, tag=message.role)
        if not taken:
            raise NotifierError(f"A message for the {message.role} was not taken.")
