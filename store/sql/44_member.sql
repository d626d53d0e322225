-- The lines of netting units (§5) at the period's end and at its start, each as it stands alone: as
-- made anew, where it was; else as the position has it. Units with a line that is not known are left.
select 'closing' as at, p.line, p.unit, p.is_cost, coalesce(m.ahead, p.ahead_minor) as ahead,
  coalesce(m.in_a_year, p.in_a_year_minor) as in_a_year, coalesce(m.negative = 1, p.negative) as negative
from the_close t
join position p on p.proposal_id = t.proposal_id
join recomputed m on m.line = p.line
union all
select 'opening', f.line, f.unit, f.is_cost, f.ahead, null, f.negative
from frozen f
join (
  select o.unit
  from frozen o left join unchanged x on x.line = o.line cross join the_close t
  group by o.unit having bool_and(o.ahead is not null and (x.line is not null or not t.adopts))
) known on known.unit = f.unit
