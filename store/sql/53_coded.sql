-- What documents coded straight to a balance account have put there by themselves (§6).
with straight as (
  select id, coded as role,
    sum(case when coded in ('accrued_revenue', 'accrued_expenses') then -functional else functional end) as amount
  from billing
  where reading = 'end' and coded not in ('revenue', 'expense')
  group by id, coded
), named as (
  select id, line from line where reading = 'end'
  union select id, line from obligation where reading = 'end'
  union select key + 2, document from known_document where reading = 'end' and kind = 'expense'
)
select n.line, s.role, s.amount from straight s join named n on n.id = s.id
