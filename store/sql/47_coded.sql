-- What documents coded straight to a balance account have put there by themselves (§6).
select b.line, b.coded as role,
  sum(case when b.coded in ('accrued_revenue', 'accrued_expenses') then -b.functional else b.functional end) as amount
from billing b cross join the_close t
where b.reading = 'end' and b.coded not in ('revenue', 'expense') and b.date <= t.period_end
group by b.line, b.coded
