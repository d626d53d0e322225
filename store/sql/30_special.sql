-- The lines of which more must be known before it is said how they are earned: those that are immaterial and
-- so earned whole on their document's date (§3), those that are delivered, credited, or foreign. `advance` is
-- billed whole, by one bill, before the service starts: it is earned at that bill's rate (§8).
with single as (
  select d.date, p.first, p.last
  from (select distinct date from line where (select single_period from the_close)) d
  join fiscal_period p on d.date between p.first and p.last
), told as (
  select l.id, true as whole, null::date as delivered, false as credited, false as advance
  from line l
  left join rate_of_day r on r.currency = l.currency and r.day = l.date
  left join decimals d on d.currency = l.currency
  where (select material_from from the_close) > 0 and l.method <> 'usage'
    and abs(l.listed) * case when l.is_foreign then coalesce(l.rate, r.rate) else 1 end
      < (select material_from from the_close) * power(10::numeric, coalesce(d.decimals, 2))
  union all
  select l.id, true, null, false, false
  from line l join single s on s.date = l.date
  where (select single_period from the_close) and l.first >= s.first and l.last <= s.last
  union all
  select id, false, date, false, false from report_known where usage is null
  union all
  select id, false, null, true, false from event
  union all
  select l.id, false, null, false, true
  from line l join layered y on y.id = l.id
  where y.layers = 1 and not y.credited and y.known and y.date <= l.first and y.size >= abs(l.price)
    and case when y.positive then l.price > 0 else l.price < 0 end
)
select id, bool_or(whole) as whole, min(delivered) as delivered, bool_or(credited) as credited,
  bool_or(advance) as advance
from told group by id
