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
), named as (
  select c.*, coalesce(c.against, h.line) as credited
  from in_scope c left join chosen h on h.reading = c.reading and h.credit = c.line
  where c.takes_back
)
select c.*, s.effect as said_effect, s.effective as said_effective, b.id as credited_id, b.bills,
  b.of_line, b.root, b.amount as credited_amount,
  b.service_start as credited_start, b.rate as credited_rate, b.date as credited_date
from named c
join bills b on b.reading = c.reading and b.line = c.credited
left join said s on s.reading = c.reading and s.line = c.line
