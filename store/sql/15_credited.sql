-- Which line each credit takes back (§7): the one that it names, else of the document that it
-- credits the only one of its product, else the only one of its amount, else the only one at all.
with candidate as (
  select c.reading, c.line as credit, b.line, b.product is not distinct from c.product as same_product,
    b.amount = -c.amount as same_amount
  from in_scope c join bills b on b.reading = c.reading and b.document = c.credits
  where c.takes_back and c.against is null
), chosen as (
  select reading, credit,
    case
      when count(*) filter (where same_product) = 1 then min(line) filter (where same_product)
      when count(*) filter (where same_amount) = 1 then min(line) filter (where same_amount)
      when count(*) = 1 then min(line)
    end as line
  from candidate group by reading, credit
)
select c.*, b.line as credited, b.bills, b.billed, b.amount as credited_amount,
  b.service_start as credited_start, b.rate as credited_rate, b.date as credited_date
from in_scope c
left join chosen on chosen.reading = c.reading and chosen.credit = c.line
join bills b on b.reading = c.reading and b.line = coalesce(c.against, chosen.line)
where c.takes_back
