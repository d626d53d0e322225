-- Billings by revenue line (§5). One that bills a contract as a whole is split over the obligations
-- as signed, both amounts in the same shares, rounded cumulatively.
with whole as (
  select b.reading, b.id as source, b.document_id, b.number, b.date, b.amount, b.functional,
    b.coded, b.is_credit, b.is_foreign, p.id as row,
    c.one, case when sum(p.price) over w = 0 then 1 else p.price end as weight,
    row_number() over (partition by b.id order by p.number) as k
  from bill b
  join price p on p.reading = b.reading and p.root = b.root
  cross join the_close c
  where b.bills = 'whole'
  window w as (partition by b.id)
), summed as (
  select w.*, sum(weight) over all_rows as weights, sum(weight) over (partition by source order by k) as upto
  from whole w window all_rows as (partition by source)
)
select reading, of_line as id, id as source, document_id, number, date, amount, functional, coded, is_credit,
  is_foreign
from bill where bills <> 'whole'
union all
select reading, row, source, document_id, number, date,
  (round(round(one * amount * upto / weights, 20))
    - round(round(one * amount * (upto - weight) / weights, 20)))::bigint,
  (round(round(one * functional * upto / weights, 20))
    - round(round(one * functional * (upto - weight) / weights, 20)))::bigint,
  coded, is_credit, is_foreign
from summed
