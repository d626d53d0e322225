"""The kinds of field that a scenario's parts are made of: how each is written, and what is refused.

Everything but a count and a yes or no is text. Null stands for a key that is left out.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema

from accounting.documents import Effect, Treatment
from accounting.methods import METHODS
from accounting.policy import Accruals, Allocation, Catch, Netting, Role
from scenario.currencies import CURRENCIES
from scenario.errors import TextDueError

DIGITS_MAX = 100
"""An amount is exact at any size; a text longer than this is no amount."""
YEARS = (1900, 9998)
"""The years in which a date may lie."""

SHORT_ACCOUNTS = {"deferred": Role.DEFERRED_REVENUE, "prepaid": Role.PREPAYMENTS}
"""Accounts that have a short name."""

_PLAIN_DECIMAL = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class Part(BaseModel):
    """A part of the file: every key is known, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def shown(value: object) -> str:
    """A value of the file as it is shown in a sentence."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TextDueError("text is due")
    return value


def read_day(value: object) -> date:
    """A date written like 2026-01-31."""
    text = _text(value)
    try:
        day = date.fromisoformat(text) if re.fullmatch(_ISO_DAY, text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(f"{shown(text)} is not a date; write it like 2026-01-31.")
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValueError(f"{shown(text)} does not lie in the years {YEARS[0]} to {YEARS[1]}.")
    return day


def read_decimal_text(value: object) -> str:
    """Plain decimal text: digits, one point, a minus sign; no exponent, grouping, blank or plus."""
    text = _text(value)
    if len(text) > DIGITS_MAX:
        raise ValueError(f"{shown(text)} has more than {DIGITS_MAX} digits.")
    if not re.fullmatch(_PLAIN_DECIMAL, text):
        raise ValueError(
            f"{shown(text)} is not plain decimal text; write it like 1234.50, without grouping, "
            "exponent or blanks."
        )
    return text


def _read_decimal(value: object) -> Decimal:
    return Decimal(read_decimal_text(value))


def _at_least_nothing(value: object) -> Decimal:
    number = _read_decimal(value)
    if number < 0:
        raise ValueError(f"{shown(value)} is below zero.")
    return number


def _above_nothing(value: object) -> Decimal:
    number = _read_decimal(value)
    if number <= 0:
        raise ValueError(f"{shown(value)} is not above zero.")
    return number


def _read_share(value: object) -> Decimal:
    number = _read_decimal(value)
    if not 0 <= number <= 1:
        raise ValueError(f"{shown(value)} is not a share from 0 to 1; a quarter is 0.25.")
    return number


def _read_currency(value: object) -> str:
    text = _text(value)
    if text not in CURRENCIES:
        raise ValueError(f"{shown(text)} is not a currency of ISO 4217, such as USD.")
    return text


def _read_method(value: object) -> str:
    text = _text(value)
    if text not in METHODS:
        known = ", ".join(METHODS)
        raise ValueError(f"{shown(text)} is not a method; it is one of {known}.")
    return text


def _read_account(value: object) -> Role:
    text = _text(value)
    if text in SHORT_ACCOUNTS:
        return SHORT_ACCOUNTS[text]
    if text not in list(Role):
        known = ", ".join(Role)
        raise ValueError(f"{shown(text)} is not an account; it is one of {known}.")
    return Role(text)


def _member(of: type[StrEnum]) -> Callable[[object], StrEnum]:
    def read(value: object) -> StrEnum:
        text = _text(value)
        if text not in list(of):
            known = ", ".join(of)
            raise ValueError(f"{shown(text)} is not one of {known}.")
        return of(text)

    return read


def _one_of(values: list[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": values})


def _written(pattern: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, **more})


Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Day = Annotated[date, BeforeValidator(read_day), _written(_ISO_DAY, format="date")]
Amount = Annotated[
    str,
    BeforeValidator(read_decimal_text),
    _written(_PLAIN_DECIMAL, description="With exactly the decimals of its currency."),
]
Rate = Annotated[Decimal, BeforeValidator(_above_nothing), _written(_PLAIN_DECIMAL)]
Quantity = Annotated[Decimal, BeforeValidator(_read_decimal), _written(_PLAIN_DECIMAL)]
Bound = Annotated[Decimal, BeforeValidator(_at_least_nothing), _written(_PLAIN_DECIMAL)]
Share = Annotated[Decimal, BeforeValidator(_read_share), _written(_PLAIN_DECIMAL)]
Currency = Annotated[str, BeforeValidator(_read_currency), _written("^[A-Z]{3}$")]
Method = Annotated[str, BeforeValidator(_read_method), _one_of(list(METHODS))]
Account = Annotated[
    Role, BeforeValidator(_read_account), _one_of([*(r.value for r in Role), *SHORT_ACCOUNTS])
]
EffectName = Annotated[Effect, BeforeValidator(_member(Effect)), _one_of(list(Effect))]
TreatmentName = Annotated[Treatment, BeforeValidator(_member(Treatment)), _one_of(list(Treatment))]
NettingName = Annotated[Netting, BeforeValidator(_member(Netting)), _one_of(list(Netting))]
AccrualsName = Annotated[Accruals, BeforeValidator(_member(Accruals)), _one_of(list(Accruals))]
AllocationName = Annotated[
    Allocation, BeforeValidator(_member(Allocation)), _one_of(list(Allocation))
]
CatchName = Annotated[Catch, BeforeValidator(_member(Catch)), _one_of(list(Catch))]
