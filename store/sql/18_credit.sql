-- What each credit does and from when (§7): as a person or the document says; else on a matched line
-- a replacing invoice or a cancellation in the CRM; else two ISO dates in its text; else a line
-- credited whole before its service starts; else its price. A text that speaks of time in any other
-- way is not read here: `unread`.
with billed_again as (
  select distinct c.id
  from credited c
  join bills o on o.reading = c.reading and o.bills = c.bills
    and coalesce(o.of_line::text, o.root) = coalesce(c.of_line::text, c.root)
  where o.bills in ('obligation', 'whole') and o.id <> c.credited_id and o.kind = 'invoice'
    and o.date >= c.date and o.amount = c.credited_amount
), cancelled as (
  select c.id, (k.details ->> 'cancelled_on')::date as day
  from credited c
  left join obligation o on o.id = c.of_line
  join contract_known k on k.reading = c.reading and k.signed and k.root = coalesce(c.root, o.root)
  where c.bills in ('obligation', 'whole')
), read as (
  select c.*, a.id is not null as billed_again, k.day as cancelled_on,
    regexp_match(c.text, '^\D*(\d{4}-\d\d-\d\d) (?:to|–|bis) \d{4}-\d\d-\d\d\D*$') as days,
    c.text ~* ('\d|jan|jän|feb|mar|mär|mae|mrz|apr|ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|year|yr'
      '|month|mth|mos\M|mo\M|quart|qtr|viertel|half|halb|week|wk|woch|wöch|fortnight|day|tag|täg'
      '|annu|ennial|jahr|jähr|mona|term|fy|f\.y|gj|wj|cy|kj|hj|hy') as speaks_of_time
  from credited c
  left join billed_again a on a.id = c.id
  left join cancelled k on k.id = c.id
)
select reading, id, document, document_id, number, date, currency, rate, coded, amount, credited_id,
  bills, of_line, root, credited_amount, credited_rate, credited_date,
  case
    when said_effect is not null or effect is not null then coalesce(said_effect, effect)
    when billed_again then 'billing'
    when cancelled_on is not null then 'cancel'
    when days is not null then 'cancel'
    when speaks_of_time then 'unread'
    when abs(amount) = abs(credited_amount) and date < credited_start then 'full'
    else 'price'
  end as effect,
  case
    when said_effect is not null or effect is not null then coalesce(said_effective, effective, date)
    when billed_again then date
    when cancelled_on is not null then cancelled_on
    when days is not null then days[1]::date
    else date
  end as effective
from read
