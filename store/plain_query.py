"""What Postgres says of an entity's plain documents: one row a line, everything in columns.

The query names what makes a line plain (accounting/vectorised_plain.py) and reads it; whether a
document is plain as a whole is decided over its lines (plain_lines.py). What it is not sure of it
marks as not plain: then the document is read object by object, as any other.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from psycopg import sql

from accounting.bulk import AMOUNT_MAX
from accounting.policy import BALANCE_ROLES, Netting, RecognitionPolicy, Role
from controls.posting import IN_LEDGER
from models import CloseRow

LINE_KEY = "document.source_id || case line.line_id when '' then '' else '/' || line.line_id end"
"""A line's name everywhere in the product, as `Document.line_key` has it."""
LABEL = (
    "document.number || ': ' || coalesce(nullif(line.text, ''), nullif(line.product, ''), "
    "nullif(line.line_id, ''), document.counterparty)"
)
"""What a line is called, as accounting/lines.py has it."""

FAMILIES = """
with apart as materialized (
    select unnest(array[source_id, case kind when 'invoice' then contract end,
        details ->> 'credits', details ->> 'modifies']) as source_id
    from document where entity_id = {entity} and not ({alone} or {signed} or {billing})
    union select source_id from document where entity_id = {entity}
    group by source_id having count(*) > 1
    union select split_part(
        unnest(array[line.details ->> 'against', line.details ->> 'obligation']), '/', 1)
    from document_line line join document on document.id = line.document_id
    where entity_id = {entity} and line.details ?| array['against', 'obligation']
    union select unnest({touched}::text[])
),
obligation as (
    select line.document_id, min(line.number) as number, line.product
    from document_line line join document on document.id = line.document_id
    where entity_id = {entity} and {signed} and {in_shard} and line.product is not null
    group by line.document_id, line.product having count(*) = 1
),
bill as materialized (
    select document.id as invoice_id, document.source_id as invoice, document.date,
        document.open_from, document.rate, signed.id as contract_id, obligation.number,
        line.number as line_number, line.amount_minor, line.account, line.dimensions,
        document.currency,
        document.currency = signed.currency and apart.source_id is null
            and (line.number is null or (
                obligation.number is not null and line.details = '{{}}'
                and line.account <> all({straight}::text[])
                and abs(line.amount_minor) < {amount_max})) as plain
    from document join document signed
        on signed.entity_id = {entity} and signed.kind = 'contract'
        and signed.source_id = document.contract
    left join apart on apart.source_id = document.source_id
    left join document_line line
        on line.document_id = document.id and line.account = any({sales}::text[])
    left join obligation
        on obligation.document_id = signed.id and obligation.product = line.product
    where document.entity_id = {entity} and {billing} and not document.voided
        and greatest(document.date, document.open_from) <= {end} and {bills_in_shard}
),
"""
"""What contracts and their invoices say of each other. `apart` are the names of documents that are
neither contract, invoice of one, nor alone, or that another document or a person names, or has too.
"""

QUERY = """
first_bill as (
    select distinct on (contract_id, number)
        contract_id, number, account, dimensions, greatest(date, open_from) as known
    from bill where number is not null
    order by contract_id, number, date, invoice collate "C", line_number
),
lined as (
    select document.id as document_id, line.number,
        {key} as key,
        document.source_id, document.content_hash, false as is_contract, null as type,
        document.kind in ('bill', 'bill_credit') as is_cost,
        document.currency, document.rate, document.date, document.open_from,
        line.account, line.product, line.dimensions, line.account as listed_account,
        line.dimensions as listed_dimensions, line.details,
        line.service_start, line.service_end, line.amount_minor, true as stood_there
    from document left join document_line line on line.document_id = document.id
        and not document.voided and greatest(document.date, document.open_from) <= {end}
        and line.account = any(
            case when document.kind in ('bill', 'bill_credit') then {costs}::text[]
            else {sales}::text[] end)
    where entity_id = {entity} and {alone} and {in_shard}
        and not exists (select from apart where apart.source_id = document.source_id)
    union all
    select document.id, line.number,
        {key},
        document.source_id, document.content_hash, true, document.details ->> 'type', false,
        document.currency, null, document.date, document.open_from,
        coalesce(
            first_bill.account, {product_revenue}::jsonb ->> line.product, {revenue}::text),
        line.product, coalesce(first_bill.dimensions, line.dimensions), line.account,
        line.dimensions, line.details - array['units', 'standalone_price'],
        line.service_start, line.service_end, line.amount_minor,
        first_bill.known is null or first_bill.known <= {adopted}
            or greatest(document.date, document.open_from) > {adopted}
            or (first_bill.dimensions = line.dimensions and first_bill.account =
                coalesce({product_revenue}::jsonb ->> line.product, {revenue}::text))
    from document join document_line line on line.document_id = document.id
        left join first_bill
            on first_bill.contract_id = document.id and first_bill.number = line.number
    where entity_id = {entity} and {signed} and {in_shard}
        and greatest(document.date, document.open_from) <= {end}
        and not exists (select from apart where apart.source_id = document.source_id)
),
part as (
    select line, unit, role, account, dimensions, amount_minor
    from journal_part join journal on journal.id = journal_part.journal_id
    where journal.entity_id = {entity} and journal.state = any({in_ledger})
    union all select line, unit, role, account, dimensions, amount_minor
    from journal_part join close on close.proposal_id = journal_part.proposal_id
    where close.entity_id = {entity} and close.step = 'closed' and journal_id is null
),
booked as (
    select line, min(place) as place, min(place) = max(place) as one_place,
        bool_and(is_cost) as all_cost, bool_or(is_cost) as is_cost,
        coalesce(sum(amount_minor) filter (where not is_behind), 0)::bigint as ahead,
        coalesce(sum(amount_minor) filter (where is_behind), 0)::bigint as behind
    from (
        select *, (unit || chr(10) || account || chr(10) || dimensions) collate "C" as place,
            role in ('prepayments', 'accrued_expenses') as is_cost,
            role in ('accrued_revenue', 'accrued_expenses') as is_behind
        from part where {named_in_shard}
    ) placed
    group by line
)
select {columns} from (
select case when is_line then {line_numbers} else {bill_numbers} end as numbers, found.*
from (
select true as is_line, coalesce(lined.document_id, 0)::bigint as document_id,
    coalesce(lined.number, 0)::bigint as number, coalesce(lined.key, '') as key,
    coalesce(lined.source_id, frozen.document, split_part(booked.line, '/', 1)) as source_id,
    lined.content_hash, lined.type, lined.listed_account, lined.listed_dimensions,
    coalesce(lined.currency, {functional}) as currency, lined.rate,
    lined.account, lined.product, lined.dimensions,
    coalesce(lined.date - date '0001-01-01' + 1, 0)::bigint as billed,
    coalesce(greatest(lined.date, lined.open_from) - date '0001-01-01' + 1, 0)::bigint as known,
    coalesce(lined.service_start - date '0001-01-01' + 1, 0)::bigint as start,
    coalesce(lined.service_end - date '0001-01-01' + 1, 0)::bigint as end,
    coalesce(lined.amount_minor, 0) as amount,
    coalesce(frozen.recognised_to_date_minor, 0) as frozen_recognised,
    coalesce(frozen.billed_to_date_minor, 0) as frozen_billed,
    coalesce(frozen.ahead_minor, 0) as frozen_ahead,
    coalesce(frozen.in_a_year_minor, 0) as frozen_in_a_year,
    coalesce(booked.ahead, 0) as booked_ahead, coalesce(booked.behind, 0) as booked_behind,
    0::bigint as invoice_id, 0::bigint as line_number,
    coalesce(lined.is_cost, false) as is_cost,
    coalesce(lined.is_contract, false) as is_contract,
    coalesce(frozen.negative, true) as frozen_negative,
    lined.number is null or (
        lined.details = '{{}}' and lined.stood_there and lined.account <> all({straight}::text[])
        and lined.service_start <= lined.service_end and abs(lined.amount_minor) < {amount_max}
        and (frozen.line is null or (
            frozen.unit = {unit} and frozen.is_cost = lined.is_cost
            and frozen.account = lined.account and frozen.dimensions = lined.dimensions
            and frozen.coded = '{{}}'))
        and (booked.line is null or (
            booked.all_cost = lined.is_cost and booked.is_cost = lined.is_cost
            and booked.one_place and booked.place =
                {unit} || chr(10) || lined.account || chr(10) || lined.dimensions))
    ) is true as plain
from lined
    full join (select * from position where proposal_id = {last} and {named_in_shard}) frozen
        on frozen.line = lined.key
    full join booked on booked.line = coalesce(lined.key, frozen.line)
union all
select false, contract_id, coalesce(bill.number, 0), '', invoice, null, null, null, null, currency,
    rate, null, null, null, (date - date '0001-01-01' + 1)::bigint,
    (greatest(date, open_from) - date '0001-01-01' + 1)::bigint, 0, 0, coalesce(amount_minor, 0),
    0, 0, 0, 0, 0, 0, invoice_id, coalesce(line_number, 0), false, false, false, plain
from bill
) found
) packed
order by is_line desc, case when is_line then source_id end collate "C", key collate "C", document_id,
    number, billed, source_id collate "C", line_number
"""
"""At the first close a contract's line must have stood at adoption where its first bill has put it since.

A row a line of a document that stands alone, or of a contract; a row without a line for a document
that has none in scope; and one without a document for what is frozen or booked and no such line's.
Rows of one name stand together. Then a row a line of an invoice that bills a contract's, with
`invoice_id`, and the contract's document and line; one of number 0 where it bills nothing in scope.
All numbers of a row are one value, since what reading costs goes by the values (`plain_table.py`).
"""


ALONE = sql.SQL(
    "document.version = 1 and document.kind in ('invoice', 'credit_note', 'bill', 'bill_credit')"
    " and document.contract is null and document.details = '{}'"
    " and document.source_id not like '%/%'"
)
"""What a document must be to stand alone; whose name another one has, or says, does not."""
SIGNED = sql.SQL(
    "document.version = 1 and document.kind = 'contract' and not document.voided"
    " and document.contract is null and document.source_id not like '%/%'"
    " and document.details - array['type', 'renews'] = '{}'"
)
"""What a contract must be that nothing has changed."""
BILLING = sql.SQL(
    "document.version = 1 and document.kind = 'invoice' and document.contract is not null"
    " and document.details = '{}' and document.source_id not like '%/%'"
)
"""What an invoice of a contract must be."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The documents of which the name, or their contract's, is `first` or later and before `before`,
    byte by byte; a bound that is missing does not bound.
    """

    first: str | None = None
    before: str | None = None

    @classmethod
    def between(cls, bounds: Sequence[str]) -> "tuple[Shard, ...]":
        """All documents, cut at these names, which rise."""
        return tuple(map(cls, [None, *bounds], [*bounds, None]))


WHOLE = Shard()


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which close, by which policy; `last` is the proposal that the close before froze, `touched`
    the documents that people, reports, voids or refunds name, `adopted` the day of adoption at the
    first close.
    """

    close: CloseRow
    policy: RecognitionPolicy
    last: int | None
    touched: Iterable[str]
    adopted: date | None
    shard: Shard = WHOLE

    @property
    def end(self) -> date:
        """The last day that the close sees."""
        return self.close.period_end

    def of(self, shard: Shard) -> "Asked":
        """The same of some documents."""
        return replace(self, shard=shard)


def documents_query(asked: Asked) -> sql.Composed:
    """The rows of all the entity's documents."""
    return sql.SQL("select id::bigint as id from document where entity_id = {} and {}").format(
        sql.Literal(asked.close.entity_id),
        _within("coalesce(contract, source_id)", asked.shard),
    )


def bounds_query(asked: Asked, shards: int) -> sql.Composed:
    """The names at which the entity's documents are cut into so many shards of about one size."""
    return sql.SQL(
        'select unnest(percentile_disc({}) within group (order by coalesce(contract, source_id) collate "C"))'
        " from document where entity_id = {}"
    ).format(
        sql.Literal([number / shards for number in range(1, shards)]),
        sql.Literal(asked.close.entity_id),
    )


def plain_query(asked: Asked, columns: Sequence[str]) -> sql.Composed:
    """All lines that may be plain, in these columns and `numbers`."""
    return sql.SQL(FAMILIES + QUERY).format(**_words(asked, ["numbers", *columns]))


def columns_of(asked: Asked) -> list[str]:
    """The columns of texts that the close reads: those that only some rules ask for, only then."""
    rules = asked.policy.rules
    return [
        *TEXTS,
        *(
            name
            for name, by in RULES_ASK_FOR.items()
            if any(getattr(rule, by) is not None for rule in rules)
        ),
    ]


TEXTS = ("key", "source_id", "content_hash", "currency", "rate", "account", "dimensions")
"""The columns of texts that every close reads."""
RULES_ASK_FOR = {
    "product": "product",
    "type": "type",
    "listed_account": "account",
    "listed_dimensions": "tag",
}
"""Those that rules may ask for, and by which of their fields."""

LINE_NUMBERS = (
    *("document_id", "number", "billed", "known", "start", "end", "amount"),
    *("frozen_recognised", "frozen_billed", "frozen_ahead", "frozen_in_a_year"),
    *("booked_ahead", "booked_behind", "flags"),
)
"""What `numbers` holds of a line."""
BILL_NUMBERS = ("document_id", "number", "billed", "known", "amount", "invoice_id", "flags")
"""What it holds of a line of an invoice that bills one: its contract's document and line."""
FLAGS = ("is_cost", "is_contract", "frozen_negative", "plain")
"""The bits of `flags`, the lowest first."""


def _words(asked: Asked, columns: Sequence[str]) -> dict[str, sql.Composable]:
    accounts = asked.policy.accounts
    balances = {role: accounts.of(role) if accounts.has(role) else "" for role in BALANCE_ROLES}
    ahead, behind = balances[Role.DEFERRED_REVENUE], balances[Role.ACCRUED_REVENUE]
    prepaid, owed = balances[Role.PREPAYMENTS], balances[Role.ACCRUED_EXPENSES]
    return {
        "entity": sql.Literal(asked.close.entity_id),
        "key": sql.SQL(LINE_KEY),
        "alone": ALONE,
        "signed": SIGNED,
        "billing": BILLING,
        "touched": _texts(asked.touched),
        "functional": sql.Literal(asked.policy.functional_currency),
        "last": sql.Literal(asked.last),
        "in_ledger": _texts(state.value for state in IN_LEDGER),
        "end": sql.Literal(asked.end),
        "adopted": sql.Literal(asked.adopted or date.min),
        "sales": _texts([*accounts.revenue, ahead, behind]),
        "costs": _texts([*accounts.expense, prepaid, owed]),
        "straight": _texts(each for each in balances.values() if each),
        "product_revenue": sql.Literal(json.dumps(dict(accounts.product_revenue))),
        "revenue": sql.Literal(accounts.revenue[0] if accounts.revenue else ""),
        "unit": sql.SQL(
            "lined.source_id" if asked.policy.netting is Netting.CONTRACT else "lined.key"
        ),
        "amount_max": sql.Literal(AMOUNT_MAX),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "line_numbers": _packed(LINE_NUMBERS),
        "bill_numbers": _packed(BILL_NUMBERS),
        "in_shard": _within("document.source_id", asked.shard),
        "bills_in_shard": _within("document.contract", asked.shard),
        "named_in_shard": _within("split_part(line, '/', 1)", asked.shard),
    }


def _within(name: str, shard: Shard) -> sql.Composable:
    bounds = [
        sql.SQL('{} collate "C" {} {}').format(sql.SQL(name), sql.SQL(than), sql.Literal(bound))
        for than, bound in ((">=", shard.first), ("<", shard.before))
        if bound is not None
    ]
    return sql.SQL(" and ").join(bounds) if bounds else sql.SQL("true")


def _packed(names: Iterable[str]) -> sql.Composable:
    flags = sql.SQL(" + ").join(
        sql.SQL("{}::int::bigint * {}").format(sql.Identifier(name), sql.Literal(1 << bit))
        for bit, name in enumerate(FLAGS)
    )
    return packed(flags if name == "flags" else sql.Identifier(name) for name in names)


def packed(numbers: Iterable[sql.Composable]) -> sql.Composable:
    """Numbers of 64 bits end to end as one value, most significant byte first."""
    return sql.SQL(" || ").join(sql.SQL("int8send({})").format(each) for each in numbers)


def _texts(values: Iterable[str]) -> sql.Composable:
    return sql.Literal(sorted({*values}))
