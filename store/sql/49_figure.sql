-- Every figure of a position as it stands and as it was made anew. What can't be made anew is made from the
-- position's other figures, so that it agrees with itself: the roll-forward of what was recognised and
-- billed, the exchange gain by identity (§8). Told one by one of the lines of which any differs; of the
-- others one row says how many were compared.
with made as (
  select m.*,
    case when m.held then m.frozen_recognised
      else coalesce(m.recognised_to_date, m.frozen_recognised + m.own_minor + m.catch_up_minor) end as in_all,
    case when m.held then m.frozen_billed else m.billed_to_date end as billed_in_all,
    case when m.held then 0 else coalesce(m.billed, m.billed_to_date_minor - m.frozen_billed) end as newly_billed,
    case when m.held then 0 else m.own end as own_made,
    case when m.held then 0 else m.catch_up end as catch_up_made,
    case when m.held then m.frozen_ahead
      else coalesce(m.ahead, case when m.price_currency = (select functional from the_close)
        then m.billed_to_date_minor - m.recognised_to_date_minor end) end as ahead_made,
    case when m.held then 0
      else coalesce(m.fx, (m.frozen_ahead + m.billed_minor - m.own_minor - m.catch_up_minor - m.ahead_minor)
        * case when m.is_cost then -1 else 1 end) end as gain,
    case when not m.held then m.price end as price_made,
    case when not m.held then m.billed_document end as billed_abroad,
    case when not m.held then m.recognised_document end as recognised_abroad,
    case when not m.held then m.in_a_year end as later,
    case when not m.held then m.negative end as nothing_positive
  from recomputed m
  offset 0
), judged as not materialized (
  select m.*, num_nonnulls(price_made, billed_abroad, recognised_abroad, billed_in_all, in_all, newly_billed, own_made,
      catch_up_made, ahead_made, later, gain, nothing_positive) as compared,
    (price_minor <> price_made or billed_document_minor <> billed_abroad
      or recognised_document_minor <> recognised_abroad or billed_to_date_minor <> billed_in_all
      or recognised_to_date_minor <> in_all or billed_minor <> newly_billed
      or own_minor <> own_made or catch_up_minor <> catch_up_made or ahead_minor <> ahead_made
      or in_a_year_minor <> later or fx_minor <> gain or stood_negative::int <> nothing_positive) is true as differs
  from made m
)
select null as line, null as figure, null::numeric as stands, null::numeric as recomputed, null as currency,
  sum(compared) as agreeing
from judged where not differs
union all
select m.line, f.figure, f.stands, f.recomputed,
  case when f.figure = 'nothing positive' then null
    when f.figure = 'price' or f.figure ~ 'document currency$' then m.price_currency
    else (select functional from the_close) end, null
from judged m
cross join lateral (values
  ('price', m.price_minor, m.price_made),
  ('billed to date, in document currency', m.billed_document_minor, m.billed_abroad),
  ('recognised to date, in document currency', m.recognised_document_minor, m.recognised_abroad),
  ('billed to date', m.billed_to_date_minor, m.billed_in_all),
  ('recognised to date', m.recognised_to_date_minor, m.in_all),
  ('billed', m.billed_minor, m.newly_billed),
  ('own', m.own_minor, m.own_made),
  ('catch-up', m.catch_up_minor, m.catch_up_made),
  ('ahead', m.ahead_minor, m.ahead_made),
  ('ahead a year on', m.in_a_year_minor, m.later),
  ('exchange gain', m.fx_minor, m.gain),
  ('nothing positive', m.stood_negative::int, m.nothing_positive)
) f(figure, stands, recomputed)
where m.differs
