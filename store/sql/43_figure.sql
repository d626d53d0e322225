-- Every figure of every position as it stands and as it was made anew. What can't be made anew is
-- made from the position's other figures, so that it agrees with itself: the roll-forward of what
-- was recognised and billed, the exchange gain by identity (§8).
select m.line, f.figure, f.stands::numeric as stands, f.recomputed,
  case when f.figure = 'nothing positive' then null
    when f.figure = 'price' or f.figure ~ 'document currency$' then p.price_currency
    else t.functional end as currency
from recomputed m
join the_close t on true
join position p on p.proposal_id = t.proposal_id and p.line = m.line
cross join lateral (values
  ('price', p.price_minor, m.price),
  ('billed to date, in document currency', p.billed_document_minor, m.billed_document),
  ('recognised to date, in document currency', p.recognised_document_minor, m.recognised_document),
  ('billed to date', p.billed_to_date_minor, m.billed_to_date),
  ('recognised to date', p.recognised_to_date_minor, coalesce(m.recognised_to_date,
    m.frozen_recognised + p.own_minor + p.catch_up_minor)),
  ('billed', p.billed_minor, coalesce(m.billed, p.billed_to_date_minor - m.frozen_billed)),
  ('own', p.own_minor, m.own),
  ('catch-up', p.catch_up_minor, m.catch_up),
  ('ahead', p.ahead_minor, coalesce(m.ahead, case when p.price_currency = t.functional
    then p.billed_to_date_minor - p.recognised_to_date_minor end)),
  ('ahead a year on', p.in_a_year_minor, m.in_a_year),
  ('exchange gain', p.fx_minor, coalesce(m.fx, (m.frozen_ahead + p.billed_minor - p.own_minor
    - p.catch_up_minor - p.ahead_minor) * case when p.is_cost then -1 else 1 end)),
  ('nothing positive', p.negative::int, m.negative)
) f(figure, stands, recomputed)
where not m.held
union all
select m.line, f.figure, f.stands, f.recomputed, t.functional
from recomputed m
join the_close t on true
join position p on p.proposal_id = t.proposal_id and p.line = m.line
cross join lateral (values
  ('recognised to date', p.recognised_to_date_minor, m.frozen_recognised),
  ('billed to date', p.billed_to_date_minor, m.frozen_billed), ('ahead', p.ahead_minor, m.frozen_ahead),
  ('own', p.own_minor, 0), ('catch-up', p.catch_up_minor, 0), ('billed', p.billed_minor, 0),
  ('exchange gain', p.fx_minor, 0)
) f(figure, stands, recomputed)
where m.held
