-- A foreign currency's spot rates by day (§8, §12): as stated, else stated the other way round and
-- inverted, else crossed through the euro and rounded to ten decimals; the newest of a day counts.
with needed as (
  select k.currency, c.functional from foreign_currency k cross join the_close c
), stated as (
  select distinct on (r.source_currency, r.target_currency, r.at)
    r.source_currency as source, r.target_currency as target, r.at::date as day, r.rate::numeric as rate
  from rate r cross join the_close c
  where r.kind = 'spot' and (r.entity_id is null or r.entity_id = c.entity_id)
    and r.fetched_at <= c.made_at and r.at <= c.period_end::text
    and exists (
      select from needed n where (r.source_currency in ('EUR', n.currency, n.functional)
        and r.target_currency in (n.currency, n.functional))
    )
  order by r.source_currency, r.target_currency, r.at, r.id desc
), told as (
  select n.currency, s.day, s.rate, 1 as choice
  from needed n join stated s on s.source = n.currency and s.target = n.functional
  union all
  select n.currency, s.day, c.one / s.rate, 2
  from needed n join stated s on s.source = n.functional and s.target = n.currency cross join the_close c
  union all
  select n.currency, f.day, round(c.one * t.rate / f.rate, 10), 3
  from needed n
  join stated f on f.source = 'EUR' and f.target = n.currency
  join stated t on t.source = 'EUR' and t.target = n.functional and t.day = f.day
  cross join the_close c
  where 'EUR' not in (n.currency, n.functional)
)
select distinct on (currency, day) currency, day, rate from told order by currency, day, choice
