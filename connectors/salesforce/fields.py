"""Which fields and objects of an org carry what the close needs: configuration, never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from connectors.errors import ConnectionConfigError

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


def _checked(names: Iterable[str | None]) -> None:
    for name in names:
        if name is not None and not _FIELD.fullmatch(name):
            raise ConnectionConfigError(f"{name!r} is not the name of a Salesforce field.")


@dataclass(frozen=True, slots=True)
class UsageObject:
    """The object whose records report usage: the id of an opportunity line, a day, an amount."""

    object: str
    line: str
    date: str
    amount: str

    def __post_init__(self) -> None:
        _checked((self.object, *self.fields))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields to ask for."""
        return self.line, self.date, self.amount


@dataclass(frozen=True, slots=True)
class DeliveryObject:
    """The object whose records say what was delivered of an opportunity line: units that came,
    the share complete so far (0 to 100), a milestone's name, or just that it came.
    """

    object: str
    line: str
    date: str
    units: str | None = None
    percent: str | None = None
    milestone: str | None = None

    def __post_init__(self) -> None:
        _checked((self.object, *self.fields))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields to ask for."""
        given = (self.line, self.date, self.units, self.percent, self.milestone)
        return tuple(name for name in given if name is not None)


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Which fields carry what; None where an org keeps no such thing.

    Of an opportunity: the selling entity; the opportunity that it amends, how (separate,
    prospective, catch-up) and from when; the one that it renews; when it was cancelled. Of a line:
    its service dates; the line that it restates; its own method; units contracted (the standard
    Quantity where no field is named); milestones with their percents ("Design 40; Build 60"); its
    stand-alone selling price.
    """

    entity: str
    service_start: str
    service_end: str
    amends: str | None = None
    treatment: str | None = None
    effective: str | None = None
    renews: str | None = None
    cancelled_on: str | None = None
    original_line: str | None = None
    method: str | None = None
    units: str | None = None
    milestones: str | None = None
    standalone_price: str | None = None
    usage: UsageObject | None = None
    deliveries: DeliveryObject | None = None

    def __post_init__(self) -> None:
        _checked((*self.of_opportunity, *self.of_line))

    @property
    def of_opportunity(self) -> tuple[str, ...]:
        """The org's own fields of an opportunity."""
        own = (self.amends, self.treatment, self.effective, self.renews, self.cancelled_on)
        return (self.entity, *(name for name in own if name is not None))

    @property
    def of_line(self) -> tuple[str, ...]:
        """The org's own fields of an opportunity line."""
        own = (
            self.original_line,
            self.method,
            self.units,
            self.milestones,
            self.standalone_price,
        )
        return (self.service_start, self.service_end, *(n for n in own if n is not None))
