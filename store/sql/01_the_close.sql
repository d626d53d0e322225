-- The close in hand (§1): its period, the proposal, what was closed before, and the policy that the
-- proposal names. `one` carries the forty decimals in which fractions are kept until they are rounded.
select
  c.id as close_id, c.entity_id, c.period_start, c.period_end, p.id as proposal_id, p.made_at,
  p.summary, e.policy, e.policy ->> 'functional_currency' as functional,
  e.policy -> 'accounts' as accounts, e.policy -> 'recognition' as recognition,
  coalesce(e.policy -> 'recognition' ->> 'netting' = 'line', false) as nets_by_line,
  (e.policy -> 'recognition' -> 'materiality' ->> 'amount')::numeric as material_from,
  coalesce((e.policy -> 'recognition' -> 'materiality' ->> 'single_period')::boolean, false) as single_period,
  before.proposal_id as frozen_by, entity.adoption_date,
  coalesce(before.period_end, entity.adoption_date) as opened_on,
  before.proposal_id is null as adopts, round(1::numeric, 40) as one
from close c
join proposal p on p.id = c.proposal_id
join entity on entity.id = c.entity_id
join config_version v on v.id = p.config_id
cross join lateral (
  select each as policy from jsonb_array_elements(v.document -> 'entities') each
  where each ->> 'id' = c.entity_id
) e
left join lateral (
  select b.proposal_id, b.period_end from close b
  where b.entity_id = c.entity_id and b.step = 'closed' and b.period_end < c.period_start
  order by b.period_end desc, b.number desc limit 1
) before on true
where c.id = current_setting('tieout.close')::int
