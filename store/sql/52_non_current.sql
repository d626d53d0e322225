-- What each unit still defers a year on (§6), at most what it defers; where it is cut to that, it is
-- shared out over the lines, rounded cumulatively.
with deferring as (
  select n.line, n.unit, n.net, n.in_a_year, n.later, n.later * sign(n.net) <= abs(n.net) as is_whole
  from netted n
  where n.at = 'closing' and not n.accrued and n.net <> 0 and not n.is_cost and n.later * sign(n.net) > 0
), cut as (
  select d.*, sum(d.in_a_year) over (partition by d.unit order by d.line collate "C") as upto
  from deferring d where not is_whole
)
select line, in_a_year as amount from deferring where is_whole
union all
select c.line, round(round(t.one * c.net * c.upto / c.later, 20))
  - round(round(t.one * c.net * (c.upto - c.in_a_year) / c.later, 20))
from cut c cross join the_close t
