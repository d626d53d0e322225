-- Completeness (§5): lines that the documents say and that have no position, though no exception
-- tells of them, of their contract or of what bills them.
with lacking as (
  select c.id, c.line, split_part(c.line, '/', 1) as document from course c where c.reading = 'end' and not c.stands
), told_of as (
  select distinct l.id
  from lacking l
  join close_exception x on x.proposal_id = (select proposal_id from the_close)
    and split_part(x.subject, '/', 1) = l.document
  union
  select l.id
  from lacking l
  join course c on c.reading = 'end' and split_part(c.line, '/', 1) = l.document
  join billing b on b.id = c.id
  join in_scope s on s.id = b.source
  join close_exception x on x.proposal_id = (select proposal_id from the_close) and x.subject = s.line
)
select l.line, 'position' as figure, null::numeric as stands, s.recognised_functional as recomputed
from lacking l
left join standing s on s.id = l.id
left join told_of t on t.id = l.id
where t.id is null
