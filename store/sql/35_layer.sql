-- The layers in which the billings of a foreign line lie (§8), first in first out, with what lies
-- before each; sizes without their sign.
select b.reading, b.line, b.date, abs(b.amount) as size, b.functional, sign(b.amount) as side,
  sum(abs(b.amount)) over (partition by b.reading, b.line order by b.date, b.place) - abs(b.amount) as below
from billing b join course c using (reading, line)
where c.is_foreign and not b.is_credit and b.amount <> 0
