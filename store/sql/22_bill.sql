-- What is billed (§§5, 8): each ledger line, and each credit against one, in document currency and
-- in functional currency, rounded once a ledger line; at the document's rate, a credit at its own
-- or else at that of the document that it credits.
with told as (
  select b.reading, b.line, b.line as layer, b.place, b.date, b.currency, b.amount, b.coded, b.bills, b.billed,
    false as is_credit, r.rate
  from bills b
  left join document_rate r on r.reading = b.reading and r.document_id = b.document_id
  where b.bills <> 'unclear'
  union all
  select c.reading, c.line, c.credited, c.place, c.date, c.currency, c.amount, c.coded, c.bills, c.billed, true,
    coalesce(c.rate, r.rate)
  from credit c
  left join bills b on b.reading = c.reading and b.line = c.credited
  left join document_rate r on r.reading = c.reading and r.document_id = b.document_id
  where c.bills <> 'unclear'
)
select t.reading, t.line, t.layer, t.place, t.date, t.currency, t.amount, t.coded, t.bills,
  case when t.bills = 'itself' then t.layer else t.billed end as billed, t.is_credit,
  case when t.currency = c.functional then t.amount
    else round(t.amount * t.rate * power(10::numeric, coalesce(f.decimals, 2) - coalesce(d.decimals, 2)))
  end as functional
from told t
cross join the_close c
left join decimals d on d.currency = t.currency
left join decimals f on f.currency = c.functional
