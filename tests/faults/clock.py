"""A process whose clock is wrong: whatever reads the time of day there is off by as much."""

import datetime as dt
import sys
import time
from datetime import timedelta
from typing import Any

RIGHT = timedelta()
OURS = ("accounting", "activities", "api", "connectors", "controls", "models", "store", "tieout")


def set_clock(by: timedelta) -> None:
    """From now on `time.time`, and `now` and `today` in our own modules, are off by this much.

    What measures how long something takes (`time.monotonic`) is right, as on any machine.
    """
    if by == RIGHT:
        return
    right = time.time
    time.time = lambda: right() + by.total_seconds()

    class AsBefore(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, cls.__mro__[1])

    class Datetime(dt.datetime, metaclass=AsBefore):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return dt.datetime.now(tz) + by

    class Date(dt.date, metaclass=AsBefore):
        @classmethod
        def today(cls) -> Any:
            return (dt.datetime.now() + by).date()  # noqa: DTZ005 - as `today` is

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in OURS:
            for known, wrong in ((dt.datetime, Datetime), (dt.date, Date)):
                for place in [key for key, value in vars(module).items() if value is known]:
                    setattr(module, place, wrong)
