"""Many rows of one table at once, by binary COPY inside the session's transaction."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel


def copy_rows(session: Session, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the rows, each the same columns by their names. What the session holds goes before."""
    told = iter(rows)
    first = next(told, None)
    if first is None:
        return
    session.flush()
    columns = model.__table__.columns  # type: ignore[attr-defined]
    kinds = [columns[name].type for name in first]
    driver: Any = session.connection().connection.driver_connection
    into = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(model.__tablename__),  # type: ignore[arg-type]
        sql.SQL(", ").join(map(sql.Identifier, first)),
    )
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        copy.set_types([_name(kind) for kind in kinds])
        is_json = [isinstance(kind, postgresql.JSONB) for kind in kinds]
        for row in chain([first], told):
            copy.write_row(
                [
                    Jsonb(value) if as_json else value
                    for value, as_json in zip(row.values(), is_json, strict=True)
                ]
            )


def _name(kind: TypeEngine[Any]) -> str:
    """The type's name in Postgres, as psycopg knows it."""
    return kind.compile(postgresql.dialect()).lower()  # type: ignore[no-untyped-call]
