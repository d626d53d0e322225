-- Each line as the period starts from it (§§9, 11): as the close before froze it; at an entity's
-- first close as computed at adoption, unless something of it can't be recomputed.
select p.line, p.unit, p.is_cost, p.recognised_to_date_minor::numeric as recognised,
  p.billed_to_date_minor::numeric as billed, p.ahead_minor::numeric as ahead, p.negative
from position p join the_close c on p.proposal_id = c.frozen_by
union all
select c.line, c.unit, c.is_cost,
  case when u.why is null then s.recognised_functional end,
  case when not coalesce(u.unbilled, false) then s.billed_functional end,
  case when u.why is null then s.ahead end, s.recognised <= 0 and s.billed <= 0
from course c
join standing s using (reading, line)
left join unsaid u using (reading, line)
join the_close t on t.adopts
left join course e on e.reading = 'end' and e.line = c.line
where c.reading = 'adoption'
