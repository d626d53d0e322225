-- The ledger's lines in scope that nobody excluded; `takes_back` marks those that credit another one.
select l.*, l.is_credit and (l.against is not null or l.credits is not null) as takes_back,
  s.obligation as said_obligation, s.effect as said_effect, s.effective as said_effective
from ledger_line l
left join said s on s.reading = l.reading and s.line = l.line
where l.coded is not null and not coalesce(s.excluded, false)
