-- Completeness (§5): lines that the documents say and that have no position, though no exception
-- tells of them, of their contract or of what bills them.
select c.line, 'position' as figure, null::numeric as stands, s.recognised_functional as recomputed
from course c
left join standing s using (reading, line)
where c.reading = 'end' and not exists (
  select from position p join the_close t on p.proposal_id = t.proposal_id where p.line = c.line
) and not exists (
  select from close_exception x join the_close t on x.proposal_id = t.proposal_id
  where split_part(x.subject, '/', 1) = split_part(c.line, '/', 1)
    or x.subject in (
      select b.source from billing b
      where b.reading = 'end' and split_part(b.line, '/', 1) = split_part(c.line, '/', 1)
    )
)
