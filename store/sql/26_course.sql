-- Each line with the terms by which it is earned (§3): one that is immaterial is earned whole on its
-- document's date; a point in time is the first delivery, but not before a start that is given.
with judged as (
  select l.*, (
      l.method <> 'usage' and (c.recognition -> 'materiality' ->> 'amount')::numeric > 0
      and abs(l.listed) * coalesce(case when l.is_foreign then r.rate else 1 end)
        < (c.recognition -> 'materiality' ->> 'amount')::numeric * power(10::numeric, coalesce(d.decimals, 2))
    ) is true or (
      (c.recognition -> 'materiality' ->> 'single_period')::boolean and l.first is not null and exists (
        select from fiscal_period p
        where l.date between p.first and p.last and l.first >= p.first and l.last <= p.last
      )
    ) is true as whole
  from line l
  cross join the_close c
  left join document_rate r on r.reading = l.reading and r.document_id = l.document_id
  left join decimals d on d.currency = l.currency
), delivered as (
  select reading, line, min(date) as first from report_known where usage is null group by reading, line
)
select j.reading, j.line, j.unit, j.document, j.currency, j.is_foreign, j.is_cost, j.signed, j.details,
  j.has_position, j.held, j.price, j.why_not, j.document_id, j.rate, j.date,
  case when j.whole then 'point_in_time' else j.method end as method,
  j.method as told_as, j.first, j.last, j.dates_from,
  j.method in ('daily', 'daily_360', 'monthly', 'prorated_ends', 'even_periods',
      'whole_months', 'half_month', 'mid_month')
    and not j.whole as over_time,
  case when j.whole then j.date
    when j.method = 'point_in_time' then
      coalesce(greatest(d.first, case when j.dates_from <> 'document' then j.first end), j.first)
  end as transferred_on
from judged j
left join delivered d on d.reading = j.reading and d.line = j.line
