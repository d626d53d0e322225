-- The balances of each line after netting (§5): N = sum of what is ahead over the unit; N >= 0 is
-- deferred or prepaid, N < 0 is accrued, with the sign turned where nothing of the unit is positive.
with unit as (
  select at, unit, sum(ahead) as net, bool_and(negative) as negative, sum(in_a_year) as later
  from member group by at, unit
)
select m.at, m.line, m.unit, m.account, m.dimensions, m.is_cost, m.ahead, m.in_a_year, u.net, u.later, a.accrued,
  case when m.is_cost then case when a.accrued then 'accrued_expenses' else 'prepayments' end
    else case when a.accrued then 'accrued_revenue' else 'deferred_revenue' end end as role,
  case when a.accrued then -m.ahead else m.ahead end as amount
from member m
join unit u on u.at = m.at and u.unit = m.unit
cross join lateral (select case when u.negative then u.net > 0 else u.net < 0 end as accrued) a
