"""Configuration versions: applied whole, never changed; entities follow the newest one."""

from dataclasses import dataclass

from sqlmodel import Session, col, desc, select

from controls.audit import SYSTEM_CHAIN
from controls.configuration import Configuration, EntityConfig, parse_configuration
from models import CloseRow, ConfigRow, EntityRow
from store.audit import AuditTrail
from store.errors import ConflictError, NotFoundError


@dataclass(frozen=True, slots=True)
class AppliedConfig:
    """The configuration in force, with its row id and hash."""

    id: int
    sha256: str
    configuration: Configuration

    def entity(self, name: str) -> EntityConfig:
        """One entity of it."""
        return self.configuration.entity(name)


PARSED_MAX = 16
_parsed: dict[str, Configuration] = {}
"""The versions that this process has read, by their hash: each is parsed once, for it never changes,
and with a hundred entities that costs more than the rest of a short transaction.
"""


class Config:
    """Reads and applies configuration versions."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def apply(self, configuration: Configuration) -> bool:
        """Put a configuration in force. False when it is the one in force already.

        Raises ConflictError when it would move the currency or adoption date of an entity that
        has closed a period, give it a calendar that cuts through what is closed, or drop it.
        """
        current = self._newest()
        if current is not None and current.sha256 == configuration.sha256:
            return False
        self._refuse_what_closes_forbid(configuration)
        row = self._session.exec(
            select(ConfigRow).where(ConfigRow.sha256 == configuration.sha256)
        ).first()
        if row is not None:
            raise ConflictError(
                "This configuration was in force before and was replaced. Change it, so that the "
                "new version can be told from the old one."
            )
        row = ConfigRow(
            sha256=configuration.sha256,
            document=configuration.model_dump(mode="json"),
            applied_by=self._audit.actor.name,
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        for entity in configuration.entities:
            self._session.merge(
                EntityRow(
                    id=entity.id,
                    name=entity.name,
                    vendor=entity.ledger.vendor,
                    connection=entity.ledger.connection,
                    functional_currency=entity.functional_currency,
                    time_zone=entity.time_zone,
                    adoption_date=entity.adopted_on,
                    config_id=row.id,
                )
            )
        self._audit.record(
            SYSTEM_CHAIN,
            "config.applied",
            configuration.group.name,
            before={"sha256": current.sha256} if current else {},
            after={"sha256": configuration.sha256},
            hashes={"config": configuration.sha256},
        )
        return True

    def _refuse_what_closes_forbid(self, configuration: Configuration) -> None:
        wanted = {entity.id: entity for entity in configuration.entities}
        for row in self._session.exec(select(EntityRow)):
            closed = self._session.exec(
                select(CloseRow)
                .where(CloseRow.entity_id == row.id, CloseRow.step == "closed")
                .order_by(desc(col(CloseRow.period_end)))
            ).first()
            if closed is None:
                continue
            entity = wanted.get(row.id)
            if entity is None:
                raise ConflictError(f"{row.id} has closed periods and can't be left out.")
            if (entity.functional_currency, entity.adopted_on) != (
                row.functional_currency,
                row.adoption_date,
            ):
                raise ConflictError(
                    f"{row.id} has closed periods: its currency and adoption date stay as they are."
                )
            if entity.calendar.containing(closed.period_end).end != closed.period_end:
                raise ConflictError(
                    f"{row.id} has closed up to {closed.period_end}, and its new calendar has no "
                    "period that ends there."
                )

    def _newest(self) -> ConfigRow | None:
        return self._session.exec(select(ConfigRow).order_by(desc(col(ConfigRow.id)))).first()

    def current(self) -> AppliedConfig:
        """The configuration in force. Raises NotFoundError when none was ever applied."""
        newest = self._session.exec(
            select(ConfigRow.id, ConfigRow.sha256).order_by(desc(col(ConfigRow.id))).limit(1)
        ).first()
        if newest is None:
            raise NotFoundError("No configuration is in force; run `tieout config apply FILE`.")
        return self._applied(*newest)

    def version(self, config_id: int) -> AppliedConfig:
        """One applied version. Raises NotFoundError."""
        sha256 = self._session.exec(
            select(ConfigRow.sha256).where(ConfigRow.id == config_id)
        ).first()
        if sha256 is None:
            raise NotFoundError(f"There is no configuration version {config_id}.")
        return self._applied(config_id, sha256)

    def _applied(self, config_id: int | None, sha256: str) -> AppliedConfig:
        assert config_id is not None
        configuration = _parsed.get(sha256)
        if configuration is None:
            document = self._session.exec(
                select(ConfigRow.document).where(ConfigRow.id == config_id)
            ).one()
            configuration = parse_configuration(document)
            if len(_parsed) >= PARSED_MAX:
                _parsed.clear()
            _parsed[sha256] = configuration
        return AppliedConfig(config_id, sha256, configuration)

    def entities(self) -> list[EntityRow]:
        """Every entity, by id."""
        return list(self._session.exec(select(EntityRow).order_by(col(EntityRow.id))))
