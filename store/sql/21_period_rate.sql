-- Closing and average rates by fiscal period (§8): the table's, else the spot of the period's last
-- day, at most a week old; an average that nobody gave is the closing rate.
with stated as (
  select distinct on (currency, r.kind, r.at) n.currency, r.kind, r.at as name,
    case when r.source_currency = n.currency then r.rate::numeric else c.one / r.rate::numeric end as rate
  from the_close c
  cross join foreign_currency n
  join rate r on r.kind in ('average', 'closing') and r.fetched_at <= c.made_at
    and (r.entity_id is null or r.entity_id = c.entity_id)
    and (r.source_currency, r.target_currency) in ((n.currency, c.functional), (c.functional, n.currency))
  order by currency, r.kind, r.at, r.id desc
), closing as (
  select n.currency, p.name, p.first, p.last, coalesce(s.rate, t.rate) as closing
  from fiscal_period p
  cross join (select distinct currency from spot union select distinct currency from stated) n
  left join stated s on s.currency = n.currency and s.kind = 'closing' and s.name = p.name
  left join rate_of_day t on t.currency = n.currency and t.day = p.last
)
select c.currency, c.first, c.last, c.closing, coalesce(s.rate, c.closing) as average
from closing c
left join stated s on s.currency = c.currency and s.kind = 'average' and s.name = c.name
