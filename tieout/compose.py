"""The composition root: the only place where settings become doors, and vendors become ledgers."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import MultiFernet
from temporalio.client import Client

from activities import (
    CalculateActivities,
    Doors,
    DriftActivities,
    GroupCloseActivities,
    LockCheckActivities,
    NotifyActivities,
    PostActivities,
    ProgressActivities,
    RecoverActivities,
    ReopenActivities,
    ResolveActivities,
    ReviewActivities,
    ScheduleActivities,
    SendBackActivities,
    SignOffActivities,
    SyncActivities,
    VerifyActivities,
)
from connectors.crm import Crm
from connectors.ledger import Ledger
from connectors.notifier import FileNotifier, Notifier
from connectors.vault import Tokens, TokenVault
from controls.audit import Actor
from controls.authenticity import Signer, Verifier
from controls.configuration import CrmConfig, EntityConfig
from store import Store
from store.connections import secret_box
from tieout.connections import connection
from tieout.database import check_schema
from tieout.errors import TieoutError
from tieout.settings import Settings, read_key, required


class PostgresVault:
    """TokenVault over Postgres."""

    def __init__(self, store: Store, box: MultiFernet) -> None:
        self._store = store
        self._box = box

    def refreshed(
        self, connection: str, refresh: Callable[[Tokens | None], Tokens | None]
    ) -> Tokens:
        """The connection's tokens, refreshed under the row's lock."""
        with self._store.unit_of_work(Actor("service", "worker")) as work:
            return work.connections.refreshed(connection, self._box, refresh)


class Ledgers:
    """Ledgers and the CRM by configuration, one client each, made when first asked for."""

    def __init__(self, connections_file: Path, vault: TokenVault) -> None:
        self._file = connections_file
        self._vault = vault

    def ledger(self, entity: EntityConfig) -> Ledger:
        """The entity's ledger."""
        name, vendor = entity.ledger.connection, entity.ledger.vendor
        fields = connection(self._file, name, vendor)
        match vendor:
            case "xero":
                from connectors.xero import open_ledger as open_xero

                return open_xero(name, fields, self._vault, entity.functional_currency)
            case "quickbooks":
                from connectors.quickbooks import open_ledger as open_quickbooks

                return open_quickbooks(name, fields, self._vault, entity.functional_currency)

    def crm(self, config: CrmConfig) -> Crm:
        """The organisation's CRM."""
        from connectors.salesforce import DeliveryObject, FieldNames, UsageObject, open_crm

        fields = connection(self._file, config.connection, config.vendor)
        usage, deliveries = config.usage, config.deliveries
        names = FieldNames(
            entity=config.entity_field,
            service_start=config.service_start_field,
            service_end=config.service_end_field,
            amends=config.amends_field,
            treatment=config.treatment_field,
            effective=config.effective_field,
            renews=config.renews_field,
            cancelled_on=config.cancelled_on_field,
            original_line=config.original_line_field,
            method=config.method_field,
            units=config.units_field,
            milestones=config.milestones_field,
            standalone_price=config.standalone_price_field,
            usage=UsageObject(**usage.model_dump()) if usage else None,
            deliveries=DeliveryObject(**deliveries.model_dump()) if deliveries else None,
        )
        return open_crm(config.connection, fields, self._vault, names)


def doors_from(settings: Settings) -> Doors:
    """A worker's doors from its settings. Raises TieoutError naming what is missing."""
    dsn = required(settings.database_url, "database_url", "the worker's own Postgres log-in")
    connections_file = required(
        settings.connections_file, "connections_file", "how to reach ledgers and CRM"
    )
    box, verifier = box_of(settings), verifier_of(settings)
    check_schema(dsn)
    store = Store(dsn, verifier)
    ledgers = Ledgers(connections_file, PostgresVault(store, box))
    fixed = settings.today
    return Doors(
        store=store,
        ledger=ledgers.ledger,
        crm=ledgers.crm,
        verifier=verifier,
        today=lambda zone: fixed or datetime.now(zone).date(),
        notifier=notifier_of(settings),
        page_url=settings.url or "",
    )


def verifier_of(settings: Settings) -> Verifier:
    """What decisions are checked by. Raises TieoutError, KeyMaterialError."""
    purpose = "the public key that decisions are checked by"
    return Verifier(
        read_key(settings.verify_key_file, "verify_key_file", purpose, secret=False).encode()
    )


def box_of(settings: Settings) -> MultiFernet:
    """What stored tokens are encrypted by. Raises TieoutError, StoreError."""
    return secret_box(
        read_key(settings.secret_key_file, "secret_key_file", "the key for stored tokens")
    )


def notifier_of(settings: Settings) -> Notifier | None:
    """How people are told; None where no way is set. Raises TieoutError."""
    if settings.notify_config is not None:
        try:
            from connectors.apprise_notifier import AppriseNotifier
        except ImportError as error:
            raise TieoutError(
                "TIEOUT_NOTIFY_CONFIG needs Apprise: install tieout[notify]."
            ) from error
        return AppriseNotifier(settings.notify_config)
    if settings.notify_file is not None:
        return FileNotifier(settings.notify_file)
    return None


def activities_of(doors: Doors) -> list[Callable[..., Any]]:
    """Every activity of the close, bound to its doors."""
    progress, post = ProgressActivities(doors), PostActivities(doors)
    group, drift = GroupCloseActivities(doors), DriftActivities(doors)
    reopen, calculate = ReopenActivities(doors), CalculateActivities(doors)
    return [
        progress.open_close,
        progress.step_reached,
        progress.record_refusal,
        RecoverActivities(doors).where_it_stands,
        SyncActivities(doors).sync,
        calculate.calculate,
        calculate.read_shard,
        calculate.calculate_read,
        ResolveActivities(doors).record_resolution,
        ReviewActivities(doors).record_decision,
        LockCheckActivities(doors).lock_check,
        post.approve_journals,
        post.post_journal,
        SendBackActivities(doors).record_send_back,
        reopen.asked,
        reopen.open_again,
        VerifyActivities(doors).verify,
        SignOffActivities(doors).sign_off,
        group.open_group_close,
        group.look_at_group,
        ScheduleActivities(doors).due_closes,
        NotifyActivities(doors).notify,
        drift.entities_to_look_at,
        drift.look_for_drift,
    ]


async def connect(settings: Settings, *, plugins: tuple[Any, ...] = ()) -> Client:
    """A Temporal client. Raises TieoutError when Temporal can't be reached."""
    address = required(settings.temporal_address, "temporal_address", "Temporal's host:port")
    try:
        return await Client.connect(
            address, namespace=settings.temporal_namespace, plugins=list(plugins)
        )
    except RuntimeError as error:
        raise TieoutError(
            f"Temporal can't be reached at {address}. Start it, or mend TIEOUT_TEMPORAL_ADDRESS."
        ) from error


def today_of(settings: Settings) -> Callable[[], date]:
    """The business date: fixed for the demo, else the real one."""
    fixed = settings.today
    return lambda: fixed or date.today()  # noqa: DTZ011


def web_application(settings: Settings) -> Any:
    """The page and JSON API. Raises TieoutError naming what is missing."""
    from api.app import Doors as WebDoors
    from api.app import create_app
    from workflows.temporal_gateway import TemporalGateway

    dsn = required(settings.database_url, "database_url", "the API's own Postgres log-in")
    private = read_key(
        settings.signing_key_file, "signing_key_file", "the key that decisions are signed with"
    )
    required(settings.temporal_address, "temporal_address", "Temporal's host:port")
    signer = Signer(private.encode())
    check_schema(dsn)
    return create_app(
        WebDoors(
            store=Store(dsn, signer.verifier),
            closes=TemporalGateway(lambda: connect(settings), settings.task_queue),
            signer=signer,
            today=today_of(settings),
            base_url=None,
        )
    )
