"""A whole installation in one data directory: servers, sandbox, worker, page. Demo, `up`, tests."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tieout.administration import SECRET_KEY, SIGNING_KEY, VERIFY_KEY, make_keys
from tieout.client import ApiClient
from tieout.embedded.postgres import API, OWNER, WORKER
from tieout.errors import TieoutError
from tieout.settings import read_settings, required
from tieout.stack import Stack

REPOSITORY = Path(__file__).parent.parent
PAGE_PORT = 8000
SANDBOX_PORTS = ("xero", "quickbooks", "salesforce", "control")


@dataclass(frozen=True)
class Running:
    """What was launched: where it answers, and how to start worker and page.

    `control_url` is the sandbox's control door, empty without a sandbox. `dsns` are the database
    log-ins by role.
    """

    stack: Stack
    url: str
    control_url: str
    dsns: dict[str, str]
    worker_environment: dict[str, str]
    page_environment: dict[str, str]

    def start_worker(self) -> int:
        """Start the worker again; its pid once it is ready."""
        self.launch_worker()
        return self.stack.await_ready("worker", self._worker_is_ready)

    def launch_worker(self) -> None:
        """Start the worker without waiting for it; the log of its last life is kept beside."""
        if self._worker_log.exists():
            self._worker_log.replace(self._worker_log.with_suffix(".log.1"))
        self.stack.launch("worker", _ours("worker"), self.worker_environment)

    def launch_page(self) -> None:
        """Start the page without waiting for it."""
        self.stack.launch("api", _ours("api"), self.page_environment)

    def await_ready(self) -> None:
        """Wait for worker and page. Raises ProcessDiedError when one does not come up."""
        self.stack.await_ready("worker", self._worker_is_ready)
        self.await_page()

    def await_page(self) -> None:
        """Wait for the page. Raises ProcessDiedError when it does not come up."""
        self.stack.await_ready("api", lambda: answers(self.url))

    @property
    def _worker_log(self) -> Path:
        return self.stack.data / "logs" / "worker.log"

    def _worker_is_ready(self) -> bool:
        return "ready" in self._worker_log.read_text(errors="replace")


def launch(
    stack: Stack,
    *,
    page_port: int | None = PAGE_PORT,
    sandbox: bool,
    today: str = "",
    crowd: bool = True,
    copies: int = 0,
) -> Running:
    """Start everything, by `prepare`; worker and page are on their way when this returns."""
    running = prepare(
        stack, page_port=page_port, sandbox=sandbox, today=today, crowd=crowd, copies=copies
    )
    running.launch_worker()
    running.launch_page()
    return running


def prepare(
    stack: Stack,
    *,
    page_port: int | None = None,
    sandbox: bool,
    today: str = "",
    crowd: bool = True,
    copies: int = 0,
) -> Running:
    """Start servers and sandbox on a migrated database: all but worker and page.

    The page takes `page_port` if it is free. `today` fixes the business date (a demo's). The
    sandbox's companies have their ordinary customers only with `crowd`, and there are so many
    `copies` of one beside the three. Without the sandbox, connections are
    TIEOUT_CONNECTIONS_FILE's. Raises TieoutError, EmbeddedError, ProcessDiedError.
    """
    from tieout.migrate import migrate

    data = stack.data
    connections = data / "sandbox" / "connections.json"
    if not sandbox:
        connections = required(
            read_settings().connections_file, "connections_file", "how to reach ledgers and CRM"
        )
    dsns = stack.start_postgres()
    temporal = stack.start_temporal()
    migrate(dsns[OWNER])
    keys = data / "secrets"
    make_keys(keys)
    control = f"http://127.0.0.1:{_start_sandbox(stack, today, crowd, copies)}" if sandbox else ""
    shared = {
        "TIEOUT_TEMPORAL_ADDRESS": temporal,
        "TIEOUT_CONNECTIONS_FILE": str(connections),
        "PYTHONPATH": str(REPOSITORY),
        **({"TIEOUT_TODAY": today} if today else {}),
    }
    port = stack.pick_port("page", page_port)
    return Running(
        stack,
        f"http://127.0.0.1:{port}",
        control,
        dsns,
        {
            **shared,
            "TIEOUT_DATABASE_URL": dsns[WORKER],
            "TIEOUT_SECRET_KEY_FILE": str(keys / SECRET_KEY),
            "TIEOUT_VERIFY_KEY_FILE": str(keys / VERIFY_KEY),
            "TIEOUT_URL": f"http://127.0.0.1:{port}",
            "TIEOUT_NOTIFY_FILE": str(data / "notifications.jsonl"),
        },
        {
            **shared,
            "TIEOUT_DATABASE_URL": dsns[API],
            "TIEOUT_SIGNING_KEY_FILE": str(keys / SIGNING_KEY),
            "TIEOUT_API_PORT": str(port),
        },
    )


def _ours(*words: str) -> list[str]:
    return [sys.executable, "-m", "tieout.cli", *words]


def _start_sandbox(stack: Stack, today: str, crowd: bool, copies: int) -> int:
    """The three vendors' servers; the port of their control door."""
    if not (REPOSITORY / "sandbox").is_dir():
        raise TieoutError("The sandbox is in the repository only: clone it, and run this there.")
    sandbox = stack.data / "sandbox"
    sandbox.mkdir(exist_ok=True)
    connections = sandbox / "connections.json"
    connections.unlink(missing_ok=True)
    ports = {name: stack.pick_port(f"sandbox-{name}") for name in SANDBOX_PORTS}
    words = [w for name, port in ports.items() for w in (f"--{name}-port", str(port))]
    words += ["--today", today] if today else []
    words += [] if crowd else ["--no-crowd"]
    words += ["--copies", str(copies)] if copies else []
    stack.start(
        "sandbox",
        [sys.executable, "-m", "sandbox", "--data", str(sandbox), *words],
        {"PYTHONPATH": str(REPOSITORY)},
        connections.exists,
    )
    return ports["control"]


def answers(url: str) -> bool:
    """Whether the page is up."""
    try:
        with ApiClient(url) as client:
            client.call("GET", "/health")
    except TieoutError:
        return False
    return True


def run_up(data: Path, *, sandbox: bool, say: Callable[[str], None]) -> None:
    """`tieout up`: run an installation until Ctrl-C, and say how to administer it."""
    with Stack(data, say) as stack:
        running = launch(stack, sandbox=sandbox)
        running.await_ready()
        say(
            f"The page is at {running.url}. To configure it and to add people, in another terminal:"
        )
        say(f"  export TIEOUT_DATABASE_URL='{running.dsns[API]}'")
        say("  tieout config apply FILE; tieout user add NAME --role ROLE")
        with suppress(KeyboardInterrupt):  # how it is meant to end
            stack.wait()
