#!/usr/bin/env bash
# Makes .venv from the hashed requirements.lock; does nothing when it is made from this lock already.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$PYTHON" >/dev/null; then
    say "Tieout needs Python 3.11 or newer, and '$PYTHON' is not here: install Python, or name yours with PYTHON=/path/to/python3."
    exit 1
fi
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "Tieout needs Python 3.11 or newer, and '$PYTHON' is $("$PYTHON" -c 'import platform; print(platform.python_version())'): name a newer one with PYTHON=/path/to/python3."
    exit 1
fi

# What decides how .venv looks: the lock, what an editable install reads, where it lies, and the interpreter.
wanted=$("$PYTHON" - <<'PY'
import hashlib, pathlib, sys
read = [pathlib.Path(name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
read += [str(pathlib.Path.cwd()).encode(), sys.version.encode()]
print(hashlib.sha256(b"\0".join(read)).hexdigest())
PY
)
if [[ -f "$STAMP" && -x .venv/bin/python && "$(<"$STAMP")" == "$wanted" ]]; then
    exit 0
fi

uv=$(command -v uv || true)
if [[ -z "$uv" ]] || ! "$uv" --version >/dev/null 2>&1; then
    uv=.uv/bin/uv
    if [[ ! -x "$uv" ]]; then
        say "Fetching uv $UV_VERSION, which installs the rest ..."
        rm -rf .uv
        if ! "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
            say "This Python cannot make environments: install its venv module (Debian, Ubuntu: apt-get install python3-venv), then try again."
            exit 1
        fi
        "$PYTHON" -m venv .uv
        .uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
    fi
fi

say "Making .venv from requirements.lock ..."
rm -f "$STAMP"
version='import sys; print(sys.version)'
if [[ ! -x .venv/bin/python ]] || [[ "$(.venv/bin/python -c "$version" 2>/dev/null)" != "$("$PYTHON" -c "$version")" ]]; then
    "$uv" venv --quiet --clear --python "$PYTHON" .venv
fi
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
printf '%s\n' "$wanted" >"$STAMP"
