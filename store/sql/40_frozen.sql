-- Each line as the period starts from it (§§9, 11): as the close before froze it; at an entity's
-- first close as computed at adoption, null where that can't be done here. A line that has no
-- position now was held then, too, or was nothing.
select p.line, p.unit, p.is_cost, p.recognised_to_date_minor::numeric as recognised,
  p.billed_to_date_minor::numeric as billed, p.ahead_minor::numeric as ahead, p.negative
from position p join the_close c on p.proposal_id = c.frozen_by
union all
select c.line, c.unit, c.is_cost,
  case when k.known then s.recognised_functional end, case when k.known then s.billed_functional end,
  case when k.known then s.ahead end, s.recognised <= 0 and s.billed <= 0
from course c
join standing s using (reading, line)
left join unsaid u using (reading, line)
join the_close t on t.adopts
join position p on p.proposal_id = t.proposal_id and p.line = c.line
cross join lateral (select c.has_position and u.why is null and s.ahead is not null as known) k
where c.reading = 'adoption'
