-- Each stretch with the days at which its fraction is needed: where the next one opens, where R is
-- asked for, and, for methods that wait for reports, the progress made before it.
with numbered as (
  select s.*, lead(since) over following as until
  from stretch s
  window following as (partition by reading, line order by n)
)
select reading, line, n, first, last, until - 1 as day from numbered where until is not null and not at_once
union
select s.reading, s.line, s.n, s.first, s.last, m.day
from numbered s
join moment m on m.reading = s.reading and m.line = s.line
  and (s.since is null or m.day >= s.since) and (s.until is null or m.day < s.until)
where not s.at_once
union
select s.reading, s.line, s.n, s.first, s.last, s.since - 1
from numbered s join course c using (reading, line)
where s.n > 0 and not s.at_once and not c.over_time
