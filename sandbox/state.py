"""The SQLite file: everything that must survive a kill is committed here before an answer goes out.

WAL with synchronous=NORMAL: what was committed survives the end of the process, by whatever
signal. One connection, used from one event loop, so requests are served one after another.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import orjson

SCHEMA = """
create table if not exists meta (key text primary key, value text not null) strict;
create table if not exists record (
    org text not null, kind text not null, id text not null,
    modified integer not null, body blob not null, primary key (org, kind, id)) strict;
create table if not exists posting (
    org text not null, source text not null, day text not null, account text not null,
    amount integer not null) strict;
create index if not exists posting_source on posting (org, source);
create index if not exists posting_day on posting (org, day);
create table if not exists token (
    token text primary key, target text not null, client text not null, kind text not null,
    expires real not null) strict;
create table if not exists remembered (
    target text not null, key text not null, request text not null, at real not null,
    status integer not null, body blob not null, primary key (target, key)) strict;
create table if not exists locator (id text primary key, body blob not null) strict;
"""
T = TypeVar("T")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def revive(kind: Any, value: Any) -> Any:
    """JSON back into a record of the annotated type."""
    if value is None:
        return None
    origin = get_origin(kind)
    if origin is UnionType:
        return revive(next(arm for arm in get_args(kind) if arm is not type(None)), value)
    if origin is tuple:
        return tuple(revive(get_args(kind)[0], each) for each in value)
    if kind is date:
        return date.fromisoformat(value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        given = {f.name: revive(hints[f.name], value[f.name]) for f in fields(kind)}
        return kind(**given)
    return value


class State:
    """The file and its few questions."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.executescript(
            "pragma journal_mode=wal; pragma synchronous=normal; pragma busy_timeout=2000;" + SCHEMA
        )
        self._depth = 0

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the outermost one commits."""
        self._depth += 1
        try:
            if self._depth == 1:
                self.connection.execute("begin immediate")
            yield
        except BaseException:
            if self._depth == 1:
                self.connection.execute("rollback")
            raise
        else:
            if self._depth == 1:
                self.connection.execute("commit")
        finally:
            self._depth -= 1

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("select value from meta where key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str | None) -> None:
        with self.transaction():
            if value is None:
                self.connection.execute("delete from meta where key = ?", (key,))
            else:
                self.connection.execute("insert or replace into meta values (?, ?)", (key, value))

    @property
    def copies(self) -> int:
        """How many copies of the British entity there are beside the three."""
        return int(self.meta("copies") or 0)

    def put(self, org: str, kind: str, record: Any) -> None:
        """Insert or replace a record by its id (an account's is its code)."""
        key = record.code if kind == "account" else record.id
        with self.transaction():
            self.connection.execute(
                "insert or replace into record values (?, ?, ?, ?, ?)",
                (org, kind, key, record.modified, orjson.dumps(record)),
            )

    def get(self, org: str, kind: str, key: str, type_: type[T]) -> T | None:
        row = self.connection.execute(
            "select body from record where org = ? and kind = ? and id = ?", (org, kind, key)
        ).fetchone()
        return None if row is None else revive(type_, orjson.loads(row[0]))

    def remove(self, org: str, kind: str, key: str) -> None:
        with self.transaction():
            self.connection.execute(
                "delete from record where org = ? and kind = ? and id = ?", (org, kind, key)
            )

    def all(self, org: str, kind: str, type_: type[T]) -> list[T]:
        """The records of a kind, oldest change first."""
        rows = self.connection.execute(
            "select body from record where org = ? and kind = ? order by modified, id", (org, kind)
        ).fetchall()
        return [revive(type_, orjson.loads(body)) for (body,) in rows]

    def later_stamp(self) -> int:
        """Milliseconds for a change made now: the real clock, or later than every record."""
        (last,) = self.connection.execute("select max(modified) from record").fetchone()
        return max(int(time.time()) * 1000, int(last or 0) + 1000)
