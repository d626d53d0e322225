-- The lines of netting units (§5) at the period's end and at its start, each as it stands alone: as
-- made anew, where it was; else as the position has it. Units with a line that is not known are left.
select 'closing' as at, m.line, m.unit, m.account, m.dimensions, m.is_cost, coalesce(m.ahead, m.ahead_minor) as ahead,
  coalesce(m.in_a_year, m.in_a_year_minor) as in_a_year, coalesce(m.negative = 1, m.stood_negative) as negative
from recomputed m
union all
select 'opening', f.line, f.unit, null, null, f.is_cost, f.ahead, null, f.negative
from frozen f
left join (
  select unit from frozen where ahead is null or not unchanged group by unit
) unknown on unknown.unit = f.unit
where unknown.unit is null
