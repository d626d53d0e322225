-- Billings by revenue line (§5). One that bills a contract as a whole is split over the obligations
-- as signed, both amounts in the same shares, rounded cumulatively.
with whole as (
  select b.reading, b.line as source, b.layer, b.place, b.date, b.currency, b.amount, b.functional,
    b.coded, b.is_credit, p.line as row,
    c.one, case when sum(p.price) over w = 0 then 1 else p.price end as weight,
    row_number() over (partition by b.reading, b.line order by p.number) as k
  from bill b
  join price p on p.reading = b.reading and p.root = b.billed
  cross join the_close c
  where b.bills = 'whole'
  window w as (partition by b.reading, b.line)
), summed as (
  select w.*, sum(weight) over all_rows as weights, sum(weight) over (partition by reading, source order by k) as upto
  from whole w window all_rows as (partition by reading, source)
)
select reading, billed as line, line as source, layer, place, date, currency, amount::numeric as amount,
  functional, coded, is_credit
from bill where bills <> 'whole'
union all
select reading, row, source, layer, place, date, currency,
  round(round(one * amount * upto / weights, 20)) - round(round(one * amount * (upto - weight) / weights, 20)),
  round(round(one * functional * upto / weights, 20)) - round(round(one * functional * (upto - weight) / weights, 20)),
  coded, is_credit
from summed
