-- The first contract of each that restates another (§7); a separate modification is its own.
with recursive parent as (
  select distinct on (d.source_id) d.source_id as contract, d.details ->> 'modifies' as modifies
  from version_seen v join document d on d.id = v.id
  where d.kind = 'contract' and d.details ? 'modifies'
    and d.details ->> 'treatment' is distinct from 'separate'
  order by d.source_id, v.version desc
), climb (contract, root, steps) as (
  select contract, modifies, 1 from parent
  union all
  select c.contract, p.modifies, steps + 1 from climb c join parent p on p.contract = c.root
  where steps < 50
)
select distinct on (contract) contract, root from climb order by contract, steps desc
