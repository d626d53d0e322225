-- Each line with the terms by which it is earned (§3): one that is immaterial is earned whole on its
-- document's date; a point in time is the first delivery, but not before a start that is given. `plain`
-- is a line earned over time of which no credit takes anything back, and abroad one billed whole, by one
-- bill, before it starts: it is measured at that bill's rate. Most lines are.
with single as (
  select d.date, p.first, p.last
  from (select distinct date from line where (select single_period from the_close)) d
  join fiscal_period p on d.date between p.first and p.last
), delivered as (
  select id, min(date) as first from report_known where usage is null group by id
), judged as (
  select l.*, (
      l.method <> 'usage' and (select material_from from the_close) > 0
      and abs(l.listed) * coalesce(case when l.is_foreign then coalesce(l.rate, r.rate) else 1 end)
        < (select material_from from the_close) * power(10::numeric, coalesce(d.decimals, 2))
    ) is true or (l.first >= p.first and l.last <= p.last) is true as whole
  from line l
  left join rate_of_day r on l.is_foreign and r.currency = l.currency and r.day = l.date
  left join decimals d on d.currency = l.currency
  left join single p on p.date = l.date
), dated as (
  select j.*,
    not j.whole and j.method in ('daily', 'daily_360', 'monthly', 'prorated_ends', 'even_periods',
      'whole_months', 'half_month', 'mid_month') as over_time,
    case when j.whole then j.date
      when j.method = 'point_in_time' then
        coalesce(greatest(d.first, case when j.dates_from <> 'document' then j.first end), j.first)
    end as transferred_on
  from judged j
  left join delivered d on d.id = j.id
)
select d.reading, d.id, d.line, d.unit, d.document_id, d.number, d.currency, d.is_foreign, d.is_cost, d.stands,
  d.has_position, d.price, d.why_not, d.first, d.last, d.over_time, d.transferred_on,
  case when d.whole then 'point_in_time' else d.method end as method,
  (d.over_time and d.first is not null and d.last is not null and e.id is null and (not d.is_foreign
    or (b.layers = 1 and b.layer_date <= d.first and not b.credited and b.known
      and b.layer_size >= abs(d.price) and b.side = sign(d.price)))) is true as plain
from dated d
left join billed b on b.id = d.id
left join (select distinct id from event) e on e.id = d.id
