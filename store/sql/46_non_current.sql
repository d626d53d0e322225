-- What each unit still defers a year on (§6), at most what it defers; where it is cut to that, it is
-- shared out over the lines, rounded cumulatively.
with deferring as (
  select n.*, sign(n.net) as side,
    sum(n.in_a_year) over (partition by n.unit order by n.line collate "C") as upto
  from netted n
  where n.at = 'closing' and not n.accrued and n.net <> 0 and not n.is_cost
)
select d.line, case when d.later * d.side <= d.net * d.side then d.in_a_year
    else round(round(t.one * d.net * d.upto / d.later, 20))
      - round(round(t.one * d.net * (d.upto - d.in_a_year) / d.later, 20)) end as amount
from deferring d cross join the_close t
where d.later * d.side > 0
