-- Every fiscal period that a line may touch (§§1, 3): those of the calendar's table; outside of it
-- calendar months, as far as they lie outside.
with span as (
  select
    date_trunc('month', least(min(p.service_start), min(c.adoption_date), (
      select min(d.date) from document d where d.entity_id = (select entity_id from the_close)
    )) - interval '1 month')::date as first,
    (greatest(max(p.service_end), max(c.period_end)) + interval '14 months')::date as last
  from the_close c left join position p on p.proposal_id = c.proposal_id
), known as (
  select min(first) as first, max(last) as last from table_period
), month as (
  select m::date as first, (m + interval '1 month')::date - 1 as last
  from span cross join lateral generate_series(span.first::timestamp, span.last::timestamp, interval '1 month') m
)
select distinct on (first) name, first, last from (
  select name, first, last from table_period
  union all
  select to_char(m.first, 'YYYY-MM'), m.first, m.last from month m cross join known k where k.first is null
  union all
  select to_char(m.first, 'YYYY-MM'), m.first, least(m.last, k.first - 1)
  from month m cross join known k where m.first < k.first
  union all
  select to_char(m.first, 'YYYY-MM'), greatest(m.first, k.last + 1), m.last
  from month m cross join known k where m.last > k.last
) every
order by first
