-- Each line with the terms by which it is earned (§3); a point in time is the first delivery, but not before a
-- start that is given. `plain` is a line earned over time of which no credit takes anything back, and if foreign
-- one that is billed in advance. Most lines are.
with dated as (
  select l.*, coalesce(s.whole, false) as whole, s.delivered, coalesce(s.credited, false) as credited,
    coalesce(s.advance, false) as advance,
    not coalesce(s.whole, false) and l.method in ('daily', 'daily_360', 'monthly', 'prorated_ends', 'even_periods',
      'whole_months', 'half_month', 'mid_month') as over_time
  from line l left join special s on s.id = l.id
  offset 0
)
select reading, id, line, unit, document_id, number, currency, is_foreign, is_cost, stands, has_position, price,
  own_bill, why_not, first, last, over_time,
  case when whole then 'point_in_time' else method end as method,
  case when whole then date
    when method = 'point_in_time' then
      coalesce(greatest(delivered, case when dates_from <> 'document' then first end), first)
  end as transferred_on,
  (over_time and first <= last and not credited and (advance or not is_foreign)) is true
    as plain
from dated
