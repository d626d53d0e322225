"""JSON to and from the wire: digits stay as they are, and nothing is rounded in silence."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounting.money import Money
from connectors.errors import PayloadError
from connectors.wire import decimal_of, exact_double, instant, read_json, write_json

LITERALS = st.builds(
    "{}{}.{}".format,
    st.sampled_from(["", "-"]),
    st.integers(min_value=0, max_value=10**20),
    st.text("0123456789", min_size=1, max_size=12),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | LITERALS.map(Decimal) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@patiently
@given(LITERALS)
@example("100.10")
@example("0.00")
@example("-0.0")
@example("12345678901234567890.123456789012")
def test_a_number_is_written_with_the_digits_it_was_read_with(literal: str) -> None:
    assert write_json(read_json(f'{{"Amount":{literal}}}')) == f'{{"Amount":{literal}}}'


@patiently
@given(VALUES)
def test_what_is_written_reads_back_the_same_in_the_same_order(value: Any) -> None:
    again = read_json(write_json(value))
    assert again == value
    assert write_json(again) == write_json(value)


@patiently
@given(st.floats(allow_nan=False, allow_infinity=False))
@example(100.1)
@example(1e22)
def test_no_float_comes_in_whatever_wrote_the_number(number: float) -> None:
    found = read_json(json.dumps(number))
    assert isinstance(found, int | Decimal)
    assert found == Decimal(repr(number))


@pytest.mark.parametrize("body", ["", "<html>", b"\xff\xfe{", '{"Amount": 1.}', "{'a': 1}"])
def test_what_is_not_json_is_a_payload_error(body: str | bytes) -> None:
    with pytest.raises(PayloadError):
        read_json(body)


@patiently
@given(
    st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1),
    st.sampled_from(["JPY", "USD", "KWD"]),
)
@example(999_999_999_999_999, "USD")
@example(-999_999_999_999_999, "KWD")
def test_fifteen_digits_survive_a_client_that_writes_doubles(minor: int, currency: str) -> None:
    amount = Money(minor, currency).decimal()
    assert exact_double(amount) is amount
    assert json.loads(json.dumps(float(amount)), parse_float=Decimal, parse_int=Decimal) == amount


@patiently
@given(st.integers(min_value=10**15, max_value=10**25), st.sampled_from(["JPY", "USD", "KWD"]))
@example(9_999_999_999_999_999, "USD")
@example(2**53 + 1, "JPY")
def test_longer_amounts_arrive_whole_or_are_refused(minor: int, currency: str) -> None:
    amount = Money(minor, currency).decimal()
    arrives = Decimal(json.dumps(float(amount)))
    if arrives == amount:
        assert exact_double(amount) is amount
    else:
        with pytest.raises(PayloadError, match=f"{amount} has more digits"):
            exact_double(amount)


@pytest.mark.parametrize(
    "text", ["99999999999999.99", "9007199254740993", "0.12345678901234567", "1E+400"]
)
def test_an_amount_that_a_double_would_change_is_refused(text: str) -> None:
    with pytest.raises(PayloadError):
        exact_double(Decimal(text))


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(12, "12"), (Decimal("12.30"), "12.30"), ("12.30", "12.30"), ("-0.5", "-0.5")],
)
def test_a_number_of_the_wire_is_exact(value: Any, wanted: str) -> None:
    assert str(decimal_of(value, "Amount")) == wanted


@pytest.mark.parametrize("value", [12.3, True, None, "", "12,30", "NaN", "Infinity", [], {}])
def test_anything_else_is_no_number(value: Any) -> None:
    with pytest.raises(PayloadError, match=r"LineAmount is .*, not a number"):
        decimal_of(value, "LineAmount")


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-05T08:00:00Z",
        "2026-10-05T08:00:00.000+0000",
        "2026-10-05T01:00:00-07:00",
        "2026-10-05T08:00:00",
    ],
)
def test_an_instant_is_in_utc_whatever_the_vendor_writes(text: str) -> None:
    found = instant(text)
    assert (found, found.tzinfo) == (datetime(2026, 10, 5, 8, tzinfo=UTC), UTC)


def test_what_is_no_instant_is_a_payload_error() -> None:
    with pytest.raises(PayloadError, match="'yesterday' is not a time"):
        instant("yesterday")


@pytest.mark.parametrize("broken", [r"\u0000", r"\ud83d", r"\uDE00"])
def test_a_character_that_no_database_holds_is_replaced(broken: str) -> None:
    assert read_json(f'{{"Name": "A{broken}B", "Amount": 1.10}}') == {
        "Name": "A\ufffdB",
        "Amount": Decimal("1.10"),
    }
    whole = '{"Name": "\\ud83d\\ude00 and \\u00e9"}'
    assert read_json(whole) == {"Name": "\U0001f600 and é"}


@pytest.mark.parametrize("body", ["NaN", "[Infinity]", "-Infinity", "[" * 200_000])
def test_what_is_no_json_is_refused(body: str) -> None:
    with pytest.raises(PayloadError):
        read_json(body)
