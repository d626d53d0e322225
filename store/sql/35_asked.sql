-- The days at which f(t) is needed, but of plain daily lines: those at which R is asked for; of a stretch also
-- where the next one opens, and, for methods that wait for reports, the day before it.
with numbered as (
  select s.*, lead(since) over (partition by id order by n) as until from stretch s
), of_stretch as (
  select id, n, first, last, until - 1 as day from numbered where until is not null and not at_once
  union
  select s.id, s.n, s.first, s.last, m.day
  from numbered s
  join moment m on m.id = s.id and (s.since is null or m.day >= s.since) and (s.until is null or m.day < s.until)
  where not s.at_once
  union
  select s.id, s.n, s.first, s.last, s.since - 1
  from numbered s join course c using (id)
  where s.n > 0 and not s.at_once and not c.over_time
)
select c.id, 0 as n, c.method, c.first, c.last, a.day, a.what, c.price
from course c
join day_asked d on d.reading = c.reading
cross join lateral (values (d.at, 'at'), (d.opened, 'opened'), (d.year_on, 'year on')) a(day, what)
where c.plain and c.method <> 'daily' and a.day is not null
union all
select s.id, s.n, c.method, s.first, s.last, s.day, null, null
from of_stretch s join course c using (id)
where c.over_time
union all
select s.id, s.n, null, s.first, s.last, s.day, null, null
from of_stretch s join course c using (id)
where not c.over_time
