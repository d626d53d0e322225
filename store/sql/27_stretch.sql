-- A line as stretches (§7): a credit closes the running one on the day before and opens the next with
-- the remainder. What rewrites the past leaves one stretch, in which a cancellation stays in force;
-- a cancelled line, or one with no days left, has earned its remainder at once. P after each.
with plan as (
  select reading, line, max(n) filter (where rewrites) as rewritten,
    min(n) filter (where cancels) as cancelled, min(day) filter (where cancels) as cancelled_on
  from event group by reading, line
), changed as (
  select e.*, sum(e.part) over (partition by e.reading, e.line order by e.n) as taken,
    coalesce(p.rewritten, 0) as rewritten, p.cancelled
  from event e join plan p using (reading, line)
)
select c.reading, c.line, 0::numeric as n, null::date as since, c.first, c.last, false as at_once,
  c.price - coalesce((
    select e.taken from changed e where e.reading = c.reading and e.line = c.line and e.n = e.rewritten
  ), 0) as total
from course c
union all
select p.reading, p.line, 0.5, p.cancelled_on, null, null, true, c.price - e.taken
from plan p
join course c using (reading, line)
join changed e on e.reading = p.reading and e.line = p.line and e.n = p.rewritten
where p.cancelled < p.rewritten
union all
select e.reading, e.line, e.n, e.day, greatest(e.day, c.first), c.last,
  e.cancels or coalesce(e.cancelled < e.n, false) or (c.over_time and e.day > c.last), c.price - e.taken
from changed e
join course c using (reading, line)
where e.n > e.rewritten
