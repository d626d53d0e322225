"""docker-compose.yml and the Dockerfile, read: what they start exists, what they set is a setting."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
import yaml
from psycopg import sql

from tieout.embedded.postgres import (
    API,
    DATABASE,
    LOGIN_ROLES,
    OWNER,
    SUPERUSER,
    WORKER,
    EmbeddedPostgres,
)
from tieout.embedded.programs import wheel_programs

REPOSITORY = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def environment(service: dict[str, Any]) -> dict[str, str]:
    return dict(service.get("environment", {}))


def assert_exists(command: list[str]) -> None:
    """`command` starts something of this repository."""
    if command[:3] == ["python", "-m", "sandbox"]:
        asked = [sys.executable, "-m", "sandbox", "--help"]
        known = subprocess.run(asked, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
        unknown = [word for word in command if word.startswith("--") and word not in known.stdout]
        assert not unknown, f"the sandbox has no {unknown}"
        return
    from tieout.cli import app

    program, *words = command
    assert program == "tieout"
    found: Any = typer.main.get_command(app)
    for word in words:
        found = found.commands.get(word)
        assert found, f"`{' '.join(command)}`: tieout has no command {word!r}"


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    assert_exists(SERVICES[name]["command"])


def test_the_parts_of_production_are_all_there() -> None:
    started = {" ".join(service["command"][:3]) for service in OURS.values()}
    assert started == {"tieout db migrate", "tieout worker", "tieout api", "python -m sandbox"}
    assert SERVICES["sandbox"]["profiles"] == ["sandbox"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    from tieout.settings import Settings

    prefix = Settings.model_config["env_prefix"]
    for variable in environment(SERVICES[name]):
        assert variable.startswith(prefix), f"{name}: {variable} is not a setting of Tieout"
        assert variable.removeprefix(prefix).lower() in Settings.model_fields, (
            f"{name}: no setting reads {variable}"
        )


def test_each_process_has_its_own_role_and_only_the_page_can_sign() -> None:
    def role(name: str, variable: str) -> str:
        found = re.match(r"postgresql://(\w+):", environment(SERVICES[name])[variable])
        assert found
        return found[1]

    assert role("migrate", "TIEOUT_OWNER_DATABASE_URL") == OWNER
    assert role("worker", "TIEOUT_DATABASE_URL") == WORKER
    assert role("api", "TIEOUT_DATABASE_URL") == API
    assert [name for name in SERVICES if "signing_key" in SERVICES[name].get("secrets", [])] == [
        "api"
    ]
    assert [name for name in OURS if "TIEOUT_OWNER_DATABASE_URL" in environment(OURS[name])] == [
        "migrate"
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned_and_nothing_is_published_to_the_network(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[a-z/-]+:\d[\w.-]*", service["image"]), (
        f"{service['image']}: pin it to a version"
    )
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("name", SERVICES)
def test_no_password_has_a_default(name: str) -> None:
    for variable, value in environment(SERVICES[name]).items():
        if re.search("PASSWORD|PWD|DATABASE_URL", variable) and not variable.endswith("_FILE"):
            assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", value), (
                f"{variable}: write ${{NAME:?what it is}}"
            )
            assert ":-" not in value


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_mounts_and_dependencies_exist(name: str) -> None:
    service = SERVICES[name]
    for secret in service.get("secrets", []):
        assert secret in COMPOSE["secrets"]
    for value in environment(service).values():
        if value.startswith("/run/secrets/"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (
            (REPOSITORY / source).is_file()
            if source.startswith("./")
            else source in COMPOSE["volumes"]
        )
    for other, how in service.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]


def test_the_database_volume_is_where_the_image_of_postgres_18_wants_it() -> None:
    assert SERVICES["postgres"]["image"].startswith("postgres:18")
    assert "postgres:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]


def test_the_image_runs_as_a_user_from_a_hashed_lock_and_starts_a_command_that_exists() -> None:
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    user = re.findall(r"^USER (\S+)$", last_stage, re.MULTILINE)
    assert user
    assert user[-1] not in {"root", "0"}
    assert all(
        re.search(r":\d", image) for image in re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    )
    assert "--require-hashes" in DOCKERFILE
    command = re.search(r"^CMD (\[.*\])$", last_stage, re.MULTILINE)
    assert command
    assert_exists(yaml.safe_load(command[1]))


def test_the_image_takes_every_folder_it_needs() -> None:
    taken = {
        line[1:].rstrip("/")
        for line in (REPOSITORY / ".dockerignore").read_text().split()
        if line[0] == "!"
    }
    for name in taken:
        assert (REPOSITORY / name).exists(), f".dockerignore takes {name}, which is not there"
    packages = {init.parent.name for init in REPOSITORY.glob("*/__init__.py")}
    assert packages | {"templates", "migrations", "examples"} <= taken


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Any:
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"))
    postgres.start()
    yield postgres
    postgres.reset()


def test_the_roles_of_the_postgres_container_are_those_of_the_embedded_one(
    cluster: EmbeddedPostgres,
) -> None:
    """The script that the image runs on an empty volume, run on a real server."""
    superuser = cluster.dsn(SUPERUSER, "postgres")
    with psycopg.connect(superuser, autocommit=True) as work:
        work.execute(sql.SQL("drop database {}").format(sql.Identifier(DATABASE)))
        for role in LOGIN_ROLES:
            work.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))
    told = psycopg.conninfo.conninfo_to_dict(superuser)
    passwords = {
        name: f"{name.lower()}-it's"
        for name in re.findall(r"\w+_DATABASE_PASSWORD", roles_script())
    }
    run = subprocess.run(
        ["bash", REPOSITORY / "deploy/postgres/roles.sh"],
        env={
            "PATH": f"{wheel_programs()}:{os.environ['PATH']}",
            "PGHOST": str(told["host"]), "PGPASSFILE": str(told["passfile"]),
            "POSTGRES_USER": SUPERUSER, "POSTGRES_DB": "postgres", **passwords,
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    for role, variable in ((OWNER, "OWNER"), (WORKER, "WORKER"), (API, "API")):
        password = passwords[f"{variable}_DATABASE_PASSWORD"]
        with psycopg.connect(
            host=str(told["host"]), user=role, password=password, dbname=DATABASE
        ) as work:
            assert work.execute("select current_user").fetchone() == (role,)
    with psycopg.connect(superuser) as work:
        owner = work.execute(
            "select datdba::regrole::text from pg_database where datname = %s", [DATABASE]
        )
        assert owner.fetchone() == (OWNER,)
        creators = work.execute(
            "select rolname from pg_roles where rolcreatedb and not rolsuper"
        ).fetchall()
        assert creators == [("temporal",)]  # its schema tool makes two databases


def roles_script() -> str:
    return (REPOSITORY / "deploy/postgres/roles.sh").read_text()


def test_the_postgres_container_gets_every_variable_of_its_script() -> None:
    assert (
        set(re.findall(r"\$\{(\w+):\?\}", roles_script()))
        <= environment(SERVICES["postgres"]).keys()
    )
