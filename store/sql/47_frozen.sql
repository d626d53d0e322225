-- Each line as the period starts from it (§§9, 11): as the close before froze it; at an entity's
-- first close as computed at adoption, null where that can't be done here. A line that has no
-- position now was held then, too, or was nothing. `unchanged` is a line of which, at a first close,
-- the documents and what was said were the same at adoption, so that the position's method and dates
-- held then, too.
with said_since as (
  select s.line
  from said s left join said b on b.reading = 'adoption' and b.line = s.line
  where s.reading = 'end' and (b.line is null or b.service_start is distinct from s.service_start)
)
select p.line, p.unit, p.is_cost, p.recognised_to_date_minor as recognised,
  p.billed_to_date_minor as billed, p.ahead_minor as ahead, p.negative, true as unchanged
from position p where p.proposal_id = (select frozen_by from the_close)
union all
select c.line, c.unit, c.is_cost,
  case when k.known then s.recognised_functional end, case when k.known then s.billed_functional end,
  case when k.known then s.ahead end, s.recognised <= 0 and s.billed <= 0,
  c.id + 1 in (select id from course where reading = 'end') and c.line not in (select line from said_since)
from course c
join standing s on s.id = c.id
cross join lateral (
  select c.has_position and c.id not in (select id from unsaid) and s.ahead is not null as known
) k
where c.reading = 'adoption' and c.stands
union all
select c.line, c.unit, c.is_cost, case when k.known then s.opened end, case when k.known then s.billed_functional end,
  case when k.known then s.billed_functional - s.opened end, s.opened <= 0 and s.billed <= 0, true
from course c
join settled d on d.id = c.document_id
join standing s on s.id = c.id
cross join lateral (
  select c.has_position and c.id not in (select id from unsaid) and s.opened is not null as known
) k
where c.reading = 'end' and c.stands
