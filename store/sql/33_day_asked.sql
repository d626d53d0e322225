-- The days at which R is asked for: the reading's, the last closed one, and a year on (§6: from a
-- month's last day to that month's last day).
select 'end' as reading, period_end as at, opened_on as opened, case
    when period_end = (date_trunc('month', period_end) + interval '1 month')::date - 1
    then (date_trunc('month', period_end) + interval '13 months')::date - 1
    else (period_end + interval '1 year')::date
  end as year_on
from the_close
union all
select reading, at, null, null from reading where reading <> 'end'
