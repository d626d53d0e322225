"""The direction of imports, the purity of the core, the vendors' seclusion: the contracts in pyproject.toml."""

import subprocess
import sysconfig
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
PRODUCT = {
    "tieout",
    "api",
    "workflows",
    "activities",
    "connectors",
    "store",
    "models",
    "scenario",
    "controls",
    "accounting",
}


def test_every_import_contract_holds() -> None:
    program = Path(sysconfig.get_path("scripts"), "lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_folder_of_the_product_escapes_the_contracts() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]
    packages = {init.parent.name for init in REPOSITORY.glob("*/__init__.py")}
    assert set(settings["root_packages"]) == PRODUCT | {"sandbox"} == packages
    layers = next(contract for contract in settings["contracts"] if contract["type"] == "layers")[
        "layers"
    ]
    assert {name.strip() for layer in layers for name in layer.split("|")} == PRODUCT
