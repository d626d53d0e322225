"""The connections file: how to reach each ledger and the CRM, by the names the configuration uses.

{"xero-uk": {"vendor": "xero", "client_id": …}, "salesforce": {"vendor": "salesforce", …}}
It holds credentials: mode 0600, never in the repository, never logged.
"""

import json
from pathlib import Path

from connectors.errors import ConnectionConfigError


def read_connections(path: Path) -> dict[str, dict[str, str]]:
    """The file's connections by name. Raises ConnectionConfigError when it can't be used."""
    try:
        data = json.loads(path.read_text())
    except OSError as error:
        raise ConnectionConfigError(
            f"The connections file {path} can't be read ({error.strerror}); "
            "set TIEOUT_CONNECTIONS_FILE."
        ) from error
    except ValueError as error:
        raise ConnectionConfigError(f"The connections file {path} is not JSON.") from error
    if not isinstance(data, dict) or not all(isinstance(c, dict) for c in data.values()):
        raise ConnectionConfigError(f"The connections file {path} must map names to connections.")
    return data


def connection(path: Path, name: str, vendor: str) -> dict[str, str]:
    """One connection of the vendor. Raises ConnectionConfigError when it is not there.

    The file is read each time: a demo's servers may come back on other ports.
    """
    found = read_connections(path).get(name)
    if found is None:
        raise ConnectionConfigError(f"{path} has no connection {name!r}; add it, then try again.")
    if found.get("vendor") != vendor:
        raise ConnectionConfigError(f"{path}: {name!r} is not a connection to {vendor}.")
    return {key: value for key, value in found.items() if key != "vendor"}
