-- At an entity's first close: the documents of which all that is known now was known at adoption, too (§9):
-- one version, at home, that no credit, no word and no line of another document names, that bills nothing but
-- itself and whose lines are earned over time. What they had earned by then is asked of them as known now.
with named as (
  select credits as document from version_seen where credits is not null
  union all
  select split_part(details ->> 'against', '/', 1) from document_line where details ? 'against'
  union all
  select split_part(s.subject, '/', 1) from resolution s join the_close c on s.entity_id = c.entity_id
  union all
  select document from position
  where proposal_id = (select proposal_id from the_close)
    and method not in ('daily', 'daily_360', 'monthly', 'prorated_ends', 'even_periods', 'whole_months',
      'half_month', 'mid_month')
)
select v.id
from version_seen v
join the_close c on c.adopts and v.known_on <= c.adoption_date and v.currency = c.functional
where v.alone and not v.voided and v.kind in ('invoice', 'bill') and v.contract is null
  and v.source_id not in (select document from named where document is not null)
  and v.id not in (select document_id from document_line where details ?| array['obligation', 'expense'])
