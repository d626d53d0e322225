"""The pen that the ledgers' cases are written with: one entity's bookkeeper."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sandbox.world.charts import PRODUCTS, Entity, revenue_account
from sandbox.world.records import (
    Account,
    Contact,
    Document,
    DocumentKind,
    Effect,
    Line,
    Span,
    Status,
)
from sandbox.world.wording import span_text

NAMESPACE = uuid.UUID("6f1d2f5e-6a53-4b0e-9d0a-6e7274687764")
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CRM_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def stamp(day: date, seconds: int) -> int:
    """Milliseconds since 1970 of a moment on a day: 08:00 UTC and some seconds."""
    moment = datetime.combine(day, time(8), tzinfo=UTC) + timedelta(seconds=seconds)
    return int(moment.timestamp()) * 1000


def year_from(start: date) -> Span:
    """Twelve months from a day, the last day inclusive."""
    return Span(start, start.replace(year=start.year + 1) - timedelta(days=1))


def crm_id(prefix: str, number: int) -> str:
    """An 18-character Salesforce id: the last three tell which of the fifteen are capitals."""
    digits = ""
    rest = number
    while rest:
        rest, digit = divmod(rest, 62)
        digits = BASE62[digit] + digits
    fifteen = prefix + "Qy00000" + digits.rjust(5, "0")
    suffix = ""
    for chunk in (fifteen[0:5], fifteen[5:10], fifteen[10:15]):
        bits = sum(1 << place for place, sign in enumerate(chunk) if sign.isupper())
        suffix += CRM_SUFFIX[bits]
    return fifteen + suffix


@dataclass
class Bookkeeper:
    """Writes one entity's documents; `finish` numbers them in the order of their dates."""

    entity: Entity
    today: date
    seed: int
    rng: Random
    contacts: dict[tuple[str, bool], Contact] = field(default_factory=dict)
    drafts: list[Document] = field(default_factory=list)

    @property
    def quickbooks(self) -> bool:
        return self.entity.vendor == "quickbooks"

    def key(self, *parts: str) -> str:
        """A Xero id: the same for the same parts and seed."""
        return str(uuid.uuid5(NAMESPACE, "/".join((str(self.seed), self.entity.key, *parts))))

    def contact(self, name: str, *, supplier: bool = False) -> str:
        """The id of a customer or supplier, made at its first mention."""
        at = (name, supplier)
        if at not in self.contacts:
            number = len(self.contacts) + 1
            made = str(number) if self.quickbooks else self.key("contact", name)
            self.contacts[at] = Contact(made, name, supplier, stamp(date(2025, 3, 1), number))
        return self.contacts[at].id

    def words(self, product: str, span: Span | None = None, text: str | None = None) -> str:
        """What stands on a line, with the dates where a span is to be shown."""
        german = self.entity.german
        name = text or (PRODUCTS[product].german if german else PRODUCTS[product].name)
        if span is None:
            return name
        return f"{name}, {span_text(span, self.rng.randrange(4), german=german)}"

    def line(
        self,
        product: str,
        net: int,
        service: Span | None,
        *,
        show: str = "text",
        text: str | None = None,
        account: str | None = None,
        taxed: bool = True,
    ) -> Line:
        """A sales line. `show`: "text" writes the dates on it, "service_date" fills QuickBooks'
        field with the start, "none" leaves them to the opportunity or the product's term.
        """
        shown = service if show == "text" else None
        return Line(
            id="",
            description=self.words(product, shown, text),
            account=account or revenue_account(self.entity, product),
            net=net,
            tax=self._tax(net) if taxed else 0,
            item=product,
            service_date=service.start if service and show == "service_date" else None,
            method=PRODUCTS[product].method,
            service=service,
        )

    def cost(
        self,
        account: str,
        net: int,
        text: str,
        service: Span | None = None,
        *,
        taxed: bool = True,
    ) -> Line:
        """A line of no product; with a service it is in the spreadsheet's scope, method daily."""
        shown = text
        if service:
            german = self.entity.german
            shown = f"{text}, {span_text(service, self.rng.randrange(4), german=german)}"
        method = "daily" if service else None
        tax = self._tax(net) if taxed else 0
        return Line("", shown, account, net, tax, method=method, service=service)

    def _tax(self, net: int) -> int:
        return (abs(net) * self.entity.vat * 2 + 100) // 200 * (1 if net >= 0 else -1)

    def document(
        self,
        kind: DocumentKind,
        contact: str,
        on: date,
        *lines: Line,
        opportunity: str | None = None,
        reference: str | None = None,
        status: Status = "authorised",
        voided_on: date | None = None,
        currency: str | None = None,
        rate: str | None = None,
        exchange: str | None = None,
        paid: bool | None = None,
        mark: str = "",
        credits_: str | None = None,
        effect: Effect | None = None,
        effective: date | None = None,
        order: str | None = None,
        case: str = "",
    ) -> None:
        """Enter a document, unless its date lies after today's business date.

        `credits_` and `order` name another document by its mark.
        """
        if on > self.today or opportunity == "":
            return
        due = on + timedelta(days=30)
        pays = self.rng.random() < 0.9 if paid is None else paid
        paid_on: date | None = due + timedelta(days=self.rng.randrange(-6, 11))
        if not pays or kind in {"credit_note", "order"} or status != "authorised":
            paid_on = None
        if paid_on and paid_on >= self.today:
            paid_on = None
        changed = max(day for day in (on, paid_on, voided_on) if day is not None)
        self.drafts.append(
            Document(
                kind=kind,
                id="",
                number="",
                contact=self.contact(contact, supplier=kind in {"bill", "order"}),
                date=on,
                due=due,
                status="paid" if paid_on else status,
                currency=currency or self.entity.currency,
                lines=lines,
                rate=rate,
                exchange=exchange,
                reference=opportunity or reference,
                opportunity=opportunity,
                credits=credits_,
                effect=effect,
                effective=effective,
                order=order,
                paid_on=paid_on,
                mark=mark,
                modified=stamp(min(changed, self.today), 0),
                case=case,
            )
        )

    def invoice(self, contact: str, on: date, *lines: Line, **more: object) -> None:
        self.document("invoice", contact, on, *lines, **more)  # type: ignore[arg-type]

    def credit_note(self, contact: str, on: date, *lines: Line, **more: object) -> None:
        self.document("credit_note", contact, on, *lines, **more)  # type: ignore[arg-type]

    def bill(self, contact: str, on: date, *lines: Line, **more: object) -> None:
        self.document("bill", contact, on, *lines, **more)  # type: ignore[arg-type]

    def order(self, contact: str, on: date, line: Line, *, mark: str, **more: object) -> None:
        self.document("order", contact, on, line, mark=mark, paid=False, **more)  # type: ignore[arg-type]

    def finish(self) -> tuple[Document, ...]:
        """The documents with numbers and ids, in the order of their dates; marks become ids."""
        prefixes = {"invoice": "INV", "credit_note": "CN", "bill": "BILL", "order": "PO"}
        counts = dict.fromkeys(prefixes, 0)
        finished = []
        for place, draft in enumerate(sorted(self.drafts, key=lambda each: each.date), start=1):
            counts[draft.kind] += 1
            number = f"{prefixes[draft.kind]}-{counts[draft.kind]:04d}"
            key = str(100 + place) if self.quickbooks else self.key(draft.kind, number)
            lines = tuple(
                replace(
                    line, id=str(n) if self.quickbooks else self.key(draft.kind, number, str(n))
                )
                for n, line in enumerate(draft.lines, start=1)
            )
            finished.append(
                replace(
                    draft,
                    id=key,
                    number=number,
                    lines=lines,
                    modified=draft.modified + place * 1000,
                )
            )
        marked = {each.mark: each for each in finished if each.mark}
        return tuple(self._referring(each, marked) for each in finished)

    @staticmethod
    def _referring(document: Document, marked: dict[str, Document]) -> Document:
        """The document with the ids of what it credits or is the bill for; a bill says the order's
        number on its line, as people write it there.
        """
        if document.credits:
            return replace(document, credits=marked[document.credits].id)
        if document.order:
            order = marked[document.order]
            (line,) = document.lines
            text = f"{line.description} ({order.number})"
            return replace(document, order=order.id, lines=(replace(line, description=text),))
        return document

    def chart(self) -> tuple[Account, ...]:
        """The chart of accounts, as old as the books."""
        return tuple(
            replace(account, modified=stamp(date(2025, 2, 28), n))
            for n, account in enumerate(self.entity.accounts)
        )
