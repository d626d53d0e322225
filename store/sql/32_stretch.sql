-- A line that is not plain as stretches (§7): a credit closes the running one on the day before and opens
-- the next with the remainder. What rewrites the past leaves one stretch, in which a cancellation stays in
-- force; a cancelled line, or one with no days left, has earned its remainder at once. P after each.
with plan as (
  select id, max(n) filter (where rewrites) as rewritten,
    min(n) filter (where cancels) as cancelled, min(day) filter (where cancels) as cancelled_on
  from event group by id
), changed as (
  select e.*, sum(e.part) over (partition by e.id order by e.n) as taken,
    coalesce(p.rewritten, 0) as rewritten, p.cancelled
  from event e join plan p using (id)
)
select c.id, 0 as n, null::date as since, c.first, c.last, false as at_once,
  c.price - coalesce(e.taken, 0)::bigint as total
from course c
left join changed e on e.id = c.id and e.n = e.rewritten
where c.id = c.id + 0 and not c.plain
union all
select p.id, 1, p.cancelled_on, null, null, true, c.price - e.taken::bigint
from plan p
join course c using (id)
join changed e on e.id = p.id and e.n = p.rewritten
where p.id = p.id + 0 and p.cancelled < p.rewritten
union all
select e.id, e.n + 1, e.day, greatest(e.day, c.first), c.last,
  e.cancels or coalesce(e.cancelled < e.n, false) or (c.over_time and e.day > c.last), c.price - e.taken::bigint
from changed e
join course c using (id)
where e.id = e.id + 0 and e.n > e.rewritten
