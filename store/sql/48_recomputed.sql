-- The figures of each position, made anew from the documents (§§5-8); null where one can't be. Of a
-- line that is gone (void, excluded, billed elsewhere) nothing is left, and what was frozen goes back.
-- Beside them what stands: the position's own columns, in minor units and by role.
with latest as (
  select distinct on (id) id, total from opened order by id, n desc
), line_now as (
  select p.line, p.unit, p.account, p.dimensions, p.price_currency, p.price_minor, p.billed_minor,
    p.billed_to_date_minor,
    p.own_minor, p.catch_up_minor, p.recognised_to_date_minor, p.billed_document_minor,
    p.recognised_document_minor, p.ahead_minor, p.in_a_year_minor, p.fx_minor, p.non_current_minor,
    p.negative as stood_negative,
    p.coded, p.opening, p.closing, p.is_cost, p.held, p.method, p.method = 'none' as gone, c.line is not null as known,
    coalesce(u.unbilled, false) as unbilled, u.why as unsaid,
    s.recognised, s.billed, s.recognised_functional, s.billed_functional, s.opened, s.ahead, s.in_a_year,
    coalesce(o.total, c.price) as price,
    f.line is not null as was_frozen, f.recognised as frozen_recognised, f.billed as frozen_billed,
    f.ahead as frozen_ahead, coalesce(f.unchanged, true) as comparable
  from position p
  left join course c on c.reading = 'end' and c.line = p.line
  left join standing s on s.id = c.id
  left join unsaid u on u.id = c.id
  left join latest o on o.id = c.id
  left join frozen f on f.line = p.line
  where p.proposal_id = (select proposal_id from the_close)
  offset 0
), reasoned as (
  select l.*, case when l.held then 'an exception holds it: it stands as it was frozen'
      when not l.known and not l.gone then 'no document says it'
      when l.known and l.gone then 'its document is known'
      when l.gone then null
      when l.unsaid is not null then l.unsaid
      when l.recognised_functional is null or l.ahead is null
        then 'foreign revenue that falls, is accrued at earned rates, or lacks a rate'
    end as why
  from line_now l
  offset 0
), made as (
  select l.line, l.unit, l.account, l.dimensions, l.price_currency, l.price_minor, l.billed_minor,
    l.billed_to_date_minor,
    l.own_minor, l.catch_up_minor, l.recognised_to_date_minor, l.billed_document_minor,
    l.recognised_document_minor, l.ahead_minor, l.in_a_year_minor, l.fx_minor, l.non_current_minor,
    l.stood_negative, l.coded, l.opening, l.closing,
    l.is_cost, l.method, l.held, l.gone, l.known, l.was_frozen, l.unbilled, l.why,
    case when l.why is null then case when l.gone then 0 else l.price end end as price,
    case when l.gone then 0 when l.known and not l.held and not l.unbilled then l.billed end as billed_document,
    case when l.gone then 0 when l.known and not l.held and not l.unbilled then l.billed_functional end
      as billed_to_date,
    case when l.why is null then case when l.gone then 0 else l.recognised end end as recognised_document,
    case when l.why is null then case when l.gone then 0 else l.recognised_functional end end
      as recognised_to_date,
    case when l.why is null then case when l.gone then 0 else l.recognised_functional - l.opened end end as own,
    case when l.why is null then case when l.gone then 0 else l.ahead end end as ahead,
    case when l.why is null then case when l.gone then 0 else coalesce(l.in_a_year, 0) end end as in_a_year,
    case when l.why is null then case when l.gone then 1
      else (l.recognised <= 0 and l.billed <= 0)::int end end as negative,
    case when l.comparable then case when l.was_frozen then l.frozen_recognised else 0 end end
      as frozen_recognised,
    case when l.comparable then case when l.was_frozen then l.frozen_billed else 0 end end as frozen_billed,
    case when l.comparable then case when l.was_frozen then l.frozen_ahead else 0 end end as frozen_ahead
  from reasoned l
  offset 0
)
select m.*, m.billed_to_date - m.frozen_billed as billed,
  m.recognised_to_date - m.frozen_recognised - m.own as catch_up,
  (m.frozen_ahead + (m.billed_to_date - m.frozen_billed)
    - (m.recognised_to_date - m.frozen_recognised) - m.ahead)
    * case when m.is_cost then -1 else 1 end as fx
from made m
