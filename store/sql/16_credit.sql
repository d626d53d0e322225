-- What each credit does and from when (§7): as a person or the document says; else on a matched line
-- a replacing invoice or a cancellation in the CRM; else two ISO dates in its text; else a line
-- credited whole before its service starts; else its price. A text that speaks of time in any other
-- way is not read here: `unread`.
with read as (
  select c.*,
    exists (
      select from bills o where o.reading = c.reading and o.bills = c.bills and o.billed = c.billed
        and o.line <> c.credited and o.kind = 'invoice' and o.date >= c.date
        and o.amount = c.credited_amount
    ) and c.bills in ('obligation', 'whole') as billed_again,
    case when c.bills in ('obligation', 'whole') then (
      select (k.details ->> 'cancelled_on')::date from contract_known k
      where k.reading = c.reading and k.signed and k.root = split_part(c.billed, '/', 1)
    ) end as cancelled_on,
    regexp_match(c.text, '^\D*(\d{4}-\d\d-\d\d) (?:to|–|bis) \d{4}-\d\d-\d\d\D*$') as days,
    c.text ~* ('\d|jan|jän|feb|mar|mär|mae|mrz|apr|ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|year|yr'
      '|month|mth|mos\M|mo\M|quart|qtr|viertel|half|halb|week|wk|woch|wöch|fortnight|day|tag|täg'
      '|annu|ennial|jahr|jähr|mona|term|fy|f\.y|gj|wj|cy|kj|hj|hy') as speaks_of_time
  from credited c
)
select reading, line, place, document, date, currency, rate, coded, amount, credited, bills, billed,
  credited_amount, credited_rate, credited_date,
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
