-- The foreign currencies of the documents; `shift` takes an amount from minor units of one to those of the
-- functional currency, whose decimals may be others (§8).
select k.currency, power(10::numeric, coalesce(f.decimals, 2) - coalesce(d.decimals, 2)) as shift
from (select distinct currency from known_document) k
join the_close c on k.currency <> c.functional
left join decimals d on d.currency = k.currency
left join decimals f on f.currency = c.functional
