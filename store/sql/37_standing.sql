-- Each line at the end of its reading (§§5, 6, 8): recognised and billed, in both currencies, what is
-- ahead, and what would be ahead a year on if nothing more were billed.
with at_day as (
  select m.reading, m.line,
    max(e.recognised) filter (where m.what = 'at') as recognised,
    max(e.recognised) filter (where m.what = 'opened') as opened,
    max(e.recognised) filter (where m.what = 'year on') as later
  from moment m join earned e on e.reading = m.reading and e.line = m.line and e.day = m.day
  where m.what <> 'turn' group by m.reading, m.line
), billed as (
  select b.reading, b.line, sum(b.amount) as billed, sum(b.functional) as functional,
    bool_and(b.functional is not null) as known, bool_or(b.is_credit) as credited
  from billing b join reading r on r.reading = b.reading and b.date <= r.at
  group by b.reading, b.line
), home as (
  select c.reading, c.line, a.recognised, coalesce(b.billed, 0) as billed, a.recognised as recognised_functional,
    coalesce(b.functional, 0) as billed_functional, a.opened,
    coalesce(b.billed, 0) - a.recognised as ahead, coalesce(b.billed, 0) - a.later as in_a_year
  from course c
  join at_day a using (reading, line)
  left join billed b using (reading, line)
  where not c.is_foreign
), abroad as (
  select c.reading, c.line, c.currency, a.recognised, a.later, coalesce(b.billed, 0) as billed, m.functional,
    case when coalesce(b.known, true) then coalesce(b.functional, 0) end as billed_functional,
    o.functional as opened, t.one, p.closing,
    power(10::numeric, coalesce(f.decimals, 2) - coalesce(d.decimals, 2)) as shift,
    coalesce((t.recognition ->> 'remeasure_accrued')::boolean, true) as remeasured
  from course c
  join reading r using (reading)
  cross join the_close t
  join at_day a using (reading, line)
  left join billed b using (reading, line)
  left join measured m on m.reading = c.reading and m.line = c.line and m.day = r.at
  left join measured o on o.reading = c.reading and o.line = c.line and o.day = t.opened_on
  left join period_rate p on p.currency = c.currency and r.at between p.first and p.last
  left join decimals d on d.currency = c.currency
  left join decimals f on f.currency = t.functional
  where c.is_foreign
), valued as (
  select a.*, x.later as is_later, x.recognised as asked,
    a.billed * x.recognised >= 0 and abs(x.recognised) <= abs(a.billed) as is_covered,
    (select round(round(coalesce(sum(a.one * l.functional / l.size
        * least(greatest(abs(x.recognised) - l.below, 0), l.size)), 0), 20))
      from layer l join reading r on r.reading = l.reading and l.date <= r.at
      where l.reading = a.reading and l.line = a.line) as released
  from abroad a
  cross join lateral (values (false, a.recognised), (true, a.later)) x(later, recognised)
), balance as (
  select v.*, case when is_covered then billed_functional - released
    when remeasured or is_later then -round(round((asked - billed) * closing * shift, 20)) end as ahead
  from valued v
)
select reading, line, recognised, billed, recognised_functional, billed_functional, opened, ahead, in_a_year from home
union all
select reading, line, recognised, billed, functional, billed_functional, opened, max(ahead) filter (where not is_later),
  max(ahead) filter (where is_later)
from balance
group by reading, line, recognised, billed, functional, billed_functional, opened
