-- What credits do to the lines that they credit (§7), in the order of effective date, document date
-- and id. One of the kind `billing`, and every one on usage, touches no P.
select b.reading, b.line, c.line as credit, c.effective as day, -b.amount as part,
  c.effect = 'full' or (c.effect = 'price' and t.recognition ->> 'credit_note' = 'catch_up') as rewrites,
  c.effect = 'cancel' as cancels, c.effect,
  row_number() over (partition by b.reading, b.line
    order by c.effective, c.date, c.document collate "C", c.place) as n
from billing b
join credit c on c.reading = b.reading and c.line = b.source
join line l on l.reading = b.reading and l.line = b.line
cross join the_close t
where b.is_credit and c.effect <> 'billing' and l.method is distinct from 'usage'
