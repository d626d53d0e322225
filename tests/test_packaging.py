"""The lock, the build hook and the front door."""

import importlib.util
import os
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
LOCK = (REPOSITORY / "requirements.lock").read_text()
IMAGE_LOCK = (REPOSITORY / "deploy" / "requirements.lock").read_text()
REMEDY = "run `make lock`"


def locked(lock: str = LOCK) -> dict[str, list[str]]:
    """Package -> its lines in the lock (requirement, hashes, why it is there)."""
    entries: dict[str, list[str]] = {}
    for line in lock.splitlines():
        if found := re.match(r"([A-Za-z0-9._-]+)==", line):
            lines = entries.setdefault(canonicalize_name(found[1]), [])
        lines.append(line)
    return entries


def version_of(lines: list[str]) -> str:
    found = re.match(r"[^=]+==([^ ;]+)", lines[0])
    assert found, lines[0]
    return found[1]


def wanted() -> list[Requirement]:
    """What pyproject.toml asks for: at run time, with every extra, to develop and to build."""
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    texts = [*project["dependencies"], *groups["build"], *PROJECT["build-system"]["requires"]]
    texts += [text for text in groups["dev"] if isinstance(text, str)]
    for extra in project["optional-dependencies"].values():
        texts += extra
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_the_lock_has_what_pyproject_asks_for(requirement: Requirement) -> None:
    lines = locked().get(canonicalize_name(requirement.name))
    assert lines, f"{requirement} is not in requirements.lock: {REMEDY}"
    assert requirement.specifier.contains(version_of(lines)), (
        f"{lines[0]} is not {requirement}: {REMEDY}"
    )


def test_every_locked_package_is_hashed_and_asked_for() -> None:
    direct = {canonicalize_name(requirement.name) for requirement in wanted()}
    for name, lines in locked().items():
        text = "\n".join(lines)
        assert "--hash=sha256:" in text, f"{name} has no hash: {REMEDY}"
        reasons = set(re.findall(r"[a-z0-9._-]+", text.split("# via")[1]))
        assert name in direct or reasons & locked().keys(), f"nothing asks for {name}: {REMEDY}"
        if name not in direct:
            assert not reasons & {"tieout"}, f"{name} is not in pyproject.toml any more: {REMEDY}"


def test_nothing_names_a_package_host() -> None:
    for name in (
        "requirements.lock",
        "pyproject.toml",
        "Makefile",
        "scripts/setup.sh",
        "Dockerfile",
    ):
        text = (REPOSITORY / name).read_text()
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text), (
            f"{name} names a host"
        )


def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", REPOSITORY / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_wheel_holds_every_floor_of_the_product() -> None:
    packages = {init.parent.name for init in REPOSITORY.glob("*/__init__.py")}
    assert {*hook().FLOORS, "tieout"} == packages - {"sandbox"}, "name it in hatch_build.py"


def test_first_party_imports_move_below_tieout_in_the_wheel() -> None:
    source = "from accounting.money import Money\n    from store import __name__ as store\nfrom modelset import x\n"
    assert hook().rewritten(source, "a.py") == (
        "from tieout.accounting.money import Money\n"
        "    from tieout.store import __name__ as store\n"
        "from modelset import x\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "import accounting",
        "    import store.journals as j",
        "import os, models",
        "x = 1; from api import app",
    ],
)
def test_any_other_form_of_first_party_import_ends_the_build(line: str) -> None:
    with pytest.raises(ValueError, match=r"^post\.py: write 'from x\.y import z', not '"):
        hook().rewritten(f"import os\n{line}\n", "post.py")


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ncase "$2" in *platform*) echo 3.9.2;; *) exit 1;; esac\n')
    old.chmod(0o755)
    environment = {
        **os.environ,
        "PYTHON": str(old),
        "STAMP": str(tmp_path / "stamp"),
        "UV_VERSION": "0",
    }
    done = subprocess.run(
        [REPOSITORY / "scripts/setup.sh"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"Tieout needs Python 3.11 or newer, and '{old}' is 3.9.2: "
        "name a newer one with PYTHON=/path/to/python3.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["python3"]


def test_the_build_machine_runs_exactly_make_test() -> None:
    script = REPOSITORY / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("\nexec make test")
