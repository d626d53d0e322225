-- P of each obligation as signed (§§2, 5): its amount; where a price is given, or the policy goes by
-- stand-alone prices, its share of it, rounded cumulatively in the listed order. Usage has no P.
with listed as (
  select o.reading, o.root, o.id, o.number, o.amount, p.method = 'usage' as is_usage,
    power(10::numeric, coalesce(d.decimals, 2)) as unit, (o.terms ->> 'price')::numeric as price,
    (o.details ->> 'standalone_price')::numeric as standalone,
    c.recognition ->> 'allocation' = 'relative_ssp' as by_standalone, c.one
  from obligation o
  cross join the_close c
  left join position p on p.proposal_id = (select proposal_id from the_close) and p.line = o.line
  left join said s on s.reading = o.reading and s.line = o.line
  left join decimals d on d.currency = o.currency
  where not o.modified and not coalesce(s.excluded, false)
), weighed as (
  select reading, root, id, number, amount, one,
    sum(amount) over whole as listed_sum, coalesce(price * unit, sum(amount) over whole) as total,
    by_standalone and bool_or(standalone is not null) over whole as shared_by_standalone,
    case when by_standalone and bool_or(standalone is not null) over whole
      then coalesce(standalone * unit, amount) else amount end as weight
  from listed where is_usage is not true
  window whole as (partition by reading, root)
), evened as (
  select w.*, case when sum(weight) over whole = 0 then 1 else weight end as share
  from weighed w window whole as (partition by reading, root)
), shared as (
  select e.*, sum(share) over whole as shares,
    sum(share) over (partition by reading, root order by number) as shares_to_here
  from evened e window whole as (partition by reading, root)
)
select reading, root, id, number,
  case when total = listed_sum and not shared_by_standalone then amount
    else round(round(one * total * shares_to_here / shares, 20))
      - round(round(one * total * (shares_to_here - share) / shares, 20)) end::bigint as price
from shared
union all
select reading, root, id, number, 0 from listed where is_usage
