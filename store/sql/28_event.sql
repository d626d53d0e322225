-- What credits do to the lines that they credit (§7), in the order of effective date, document date
-- and id. One of the kind `billing`, and every one on usage, touches no P. (`id = id + 0` is true of all: it
-- tells Postgres to expect few rows, where each join makes it expect more than there are.)
select b.id, c.effective as day, -b.amount as part,
  c.effect = 'full'
    or (c.effect = 'price' and (select recognition ->> 'credit_note' = 'catch_up' from the_close)) as rewrites,
  c.effect = 'cancel' as cancels,
  row_number() over (partition by b.id order by c.effective, c.date, c.document collate "C", c.number)::int as n
from billing b
join credit c on c.id = b.source
join line l on l.id = b.id
where b.id = b.id + 0 and b.is_credit and c.effect <> 'billing' and l.method is distinct from 'usage'
