"""Compare scenario files with their "expect": python -m tests.second_opinion.judge FILE..."""

import json
import sys
from pathlib import Path
from typing import Any

from tests.second_opinion.close import close_book


def differences(expected: Any, found: Any, path: str = "$") -> list[str]:
    """Where the two disagree; keys that are not expected are not compared."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{path}: expected {expected!r}, found {found!r}"]
        found_in = []
        for key, value in expected.items():
            found_in += differences(value, found.get(key), f"{path}.{key}")
        return found_in
    if isinstance(expected, list):
        return list_differences(expected, found or [], path)
    return [] if expected == found else [f"{path}: expected {expected!r}, found {found!r}"]


def key_of(item: Any) -> tuple[Any, ...]:
    """Journals by kind and date, journal lines by account, exceptions by code and subject."""
    if "kind" in item:
        return item["kind"], item.get("date")
    return (item["account"],) if "account" in item else (item["code"], item.get("subject"))


def list_differences(expected: list[Any], found: list[Any], path: str) -> list[str]:
    by_key = {key_of(item): item for item in found}
    unlike = []
    for item in expected:
        key = key_of(item)
        unlike += differences(item, by_key.get(key), f"{path}[{', '.join(map(str, key))}]")
    return unlike


def main(files: list[str]) -> int:
    failed = 0
    for name in files:
        data = json.loads(Path(name).read_text())
        unlike = differences(data.get("expect", {}), close_book(data))
        failed += bool(unlike)
        sys.stdout.write(f"{'FAIL' if unlike else 'ok  '} {Path(name).name}\n")
        sys.stdout.writelines(f"     {line}\n" for line in unlike)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
