-- Which accounts are the close's business (§5), on the side of revenue and on that of cost: those of
-- revenue or cost, and the close's balance accounts, which come first.
with named as (
  select false as is_cost, 1 as place, 'deferred_revenue' as coded
  union all select false, 2, 'accrued_revenue'
  union all select true, 1, 'prepayments'
  union all select true, 2, 'accrued_expenses'
), told as (
  select n.is_cost, c.accounts ->> n.coded as account, n.coded, n.place from named n cross join the_close c
  union all
  select false, each, 'revenue', 3
  from the_close c cross join lateral jsonb_array_elements_text(c.accounts -> 'revenue') each
  union all
  select true, each, 'expense', 3
  from the_close c cross join lateral jsonb_array_elements_text(c.accounts -> 'expense') each
)
select distinct on (is_cost, account) is_cost, account, coded
from told where account is not null
order by is_cost, account, place
