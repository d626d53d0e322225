-- The same of each line that is not plain; of a foreign one also the day before each turn of its billings
-- and of the fiscal periods in which it is earned, for its revenue is measured stretch by stretch (§8).
with abroad as (
  select * from course where is_foreign and not plain
), turn as (
  select c.reading, c.id, b.date as day from abroad c join billing b using (id)
  union
  select c.reading, c.id, t.day
  from abroad c
  join fiscal_period p on not c.over_time or c.first is null or (p.first <= c.last and p.last >= c.first)
  cross join lateral (values (p.first), (p.last + 1)) t(day)
  union
  select c.reading, c.id, t.opened_on + 1 from abroad c cross join the_close t where c.reading = 'end'
)
select c.id, a.day, a.what
from course c
join day_asked d on d.reading = c.reading
cross join lateral (values (d.at, 'at'), (d.opened, 'opened'), (d.year_on, 'year on')) a(day, what)
where not c.plain and a.day is not null
union all
select t.id, t.day - 1, 'turn' from turn t join reading r on r.reading = t.reading and t.day <= r.at
