-- The days by which months and periods are told: each with its calendar month, counted, its place in it
-- and the month's length; and with the place of its fiscal period.
with named as (
  select first as day from asked where method <> 'daily'
  union select last from asked where method <> 'daily'
  union select day from asked where method <> 'daily' and day >= first and day < last
)
select distinct on (n.day) n.day, extract(year from n.day)::bigint * 12 + extract(month from n.day)::bigint as month,
  extract(day from n.day)::bigint as month_day,
  extract(day from date_trunc('month', n.day) + interval '1 month' - interval '1 day')::bigint as month_days,
  p.place, p.first, p.last
from named n
left join (select *, row_number() over (order by first) as place from fiscal_period) p
  on n.day between p.first and p.last
order by n.day
