-- At an entity's first close: the lines whose documents and what was said of them were the same at
-- adoption, so that the position's method and dates held then, too.
select a.line
from course a join course e on e.reading = 'end' and e.line = a.line and e.document_id = a.document_id
where a.reading = 'adoption' and not exists (
  select from said s left join said b on b.reading = 'adoption' and b.line = s.line
  where s.reading = 'end' and s.line = a.line
    and (b.line is null or b.service_start is distinct from s.service_start)
)
