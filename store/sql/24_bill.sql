-- What is billed (§§5, 8): each ledger line, and each credit against one, in document currency and
-- in functional currency, rounded once a ledger line; at the document's rate, a credit at its own
-- or else at that of the document that it credits. Without the plain ones: these say what they bill.
with told as (
  select reading, id, document_id, number, date, currency, amount, coded, bills, of_line, root, false as is_credit,
    rate, date as rated_on
  from bills where bills <> 'unclear' and not plainly
  union all
  select reading, id, document_id, number, date, currency, amount, coded, bills, of_line, root, true,
    coalesce(rate, credited_rate), credited_date
  from credit where bills <> 'unclear'
)
select t.reading, t.id, t.document_id, t.number, t.date, t.amount, t.coded, t.bills, t.of_line, t.root, t.is_credit,
  c.currency is not null as is_foreign,
  case when c.currency is null then t.amount
    else round(t.amount * coalesce(t.rate, r.rate) * c.shift)::bigint end as functional
from told t
left join foreign_currency c on c.currency = t.currency
left join rate_of_day r on r.currency = t.currency and r.day = t.rated_on
