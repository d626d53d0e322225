-- The days at which f(t) is needed: of a plain line those at which R is asked for; of each stretch also
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
select c.id, 0 as n, c.method, c.first, c.last, d.day, d.what, c.price
from course c join day_asked d on d.reading = c.reading
where c.plain
union all
select s.id, s.n, c.method, s.first, s.last, s.day, null, null
from of_stretch s join course c using (id)
where c.over_time
union all
select s.id, s.n, null, s.first, s.last, s.day, null, null
from of_stretch s join course c using (id)
where not c.over_time
