-- What lies in the layers of a foreign line (§8): how many there are, on which sides, since when, and the
-- worth and the size of all together.
select id, count(*) filter (where is_layer) as layers, bool_and(amount > 0) filter (where is_layer) as positive,
  bool_or(amount > 0) filter (where is_layer) and bool_or(amount < 0) filter (where is_layer) as on_both_sides,
  max(date) filter (where is_layer) as date, (sum(functional) filter (where is_layer))::bigint as functional,
  abs(sum(amount) filter (where is_layer))::bigint as size, bool_or(is_credit) as credited,
  bool_and(functional is not null) as known
from billing cross join lateral (select not is_credit and amount <> 0 as is_layer) l
where is_foreign
group by id
