"""The rules of the house, as tests. A failure names file and line and says the remedy."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
FLOORS = (
    "accounting",
    "controls",
    "scenario",
    "models",
    "store",
    "connectors",
    "activities",
    "workflows",
    "api",
)
PRODUCT = (*FLOORS, "tieout")
PACKAGES = (*PRODUCT, "sandbox")
PURE = ("accounting", "controls", "scenario")

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

# step of the close -> where its pure rule and its SQL live; a file that bears the step's word is on the other floors
STEPS = {
    "sync": ("accounting/documents.py", "store/documents.py"),
    "calculate": ("accounting/engine.py", "controls/proposal.py", "store/closes.py"),
    "resolve": ("accounting/exceptions.py", "store/closes.py"),
    "review": ("controls/approval.py", "store/approvals.py"),
    "lock_check": ("controls/period_lock.py", "store/closes.py"),
    "post": ("controls/posting.py", "store/journals.py"),
    "verify": ("accounting/tie_out.py", "store/journals.py"),
    "sign_off": ("controls/audit.py", "store/audit.py"),
}

Finding = tuple[int, str]  # line, what is wrong there and what to do
Rule = Callable[[ast.Module], Iterator[Finding]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked() -> list[Path]:
    """Every file of the repository that is not ignored, as Git sees it; of an unpacked archive, every file."""
    if not (REPOSITORY / ".git").exists():
        return [path for path in REPOSITORY.rglob("*") if path.is_file() and "/." not in str(path)]
    # Whoever runs the tests need not own the checkout.
    asked = [
        "git",
        "-c",
        f"safe.directory={REPOSITORY}",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    told = subprocess.run(asked, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return [
        REPOSITORY / name for name in told.split("\0") if name and (REPOSITORY / name).is_file()
    ]


def is_ours(path: Path) -> bool:
    """Neither written elsewhere (vendored, specifications, saved histories) nor a migration, which stays as it ran."""
    where = path.relative_to(REPOSITORY).as_posix()
    return not re.search(
        r"(^|/)vendor(ed)?/|^migrations/versions/|^tests/(specs|histories)/", where
    )


TRACKED = tracked()
SOURCES = [path for path in TRACKED if path.suffix == ".py" and is_ours(path)]


def below(*folders: str) -> list[Path]:
    return [path for path in SOURCES if path.relative_to(REPOSITORY).parts[0] in folders]


def beside_amounts() -> list[Path]:
    edges = re.compile(r"connectors/[a-z]+/(normalise|journal)\.py")
    return below(*PURE) + [
        path for path in SOURCES if edges.fullmatch(path.relative_to(REPOSITORY).as_posix())
    ]


def findings(paths: list[Path], rule: Rule) -> str:
    return "\n".join(
        f"{path.relative_to(REPOSITORY)}:{line}: {wrong}"
        for path in paths
        for line, wrong in rule(ast.parse(path.read_text()))
    )


def dotted(node: ast.expr) -> str:
    """`datetime.now` for the expression datetime.now; an empty text for what is no plain name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def long_functions(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield (
                    node.lineno,
                    f"{node.name} has {lines} lines (<= {FUNCTION_LINES_MAX}): give its parts names",
                )


def floats(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield (
                node.lineno,
                f"the float {node.value} beside amounts: use integers in minor units, Decimal or Fraction",
            )
        if isinstance(node, ast.Name) and node.id == "float":
            yield (
                node.lineno,
                "float beside amounts: use integers in minor units, Decimal or Fraction",
            )


def clocks_and_chance(tree: ast.Module) -> Iterator[Finding]:
    told_by_itself = {
        "now",
        "today",
        "utcnow",
        "uuid1",
        "uuid4",
        "urandom",
        "monotonic",
        "perf_counter",
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if name.rpartition(".")[2] in told_by_itself or name.split(".")[0] in {
                "secrets",
                "random",
            }:
                yield node.lineno, f"{name}() in the core: take the value as an argument"
        if isinstance(node, ast.ImportFrom) and node.module in {"secrets", "random", "time"}:
            yield node.lineno, f"{node.module} in the core: take the value as an argument"


def unrewritable_imports(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in PACKAGES:
                    yield (
                        node.lineno,
                        f"`import {alias.name}`: write `from {alias.name} import ...` (the wheel needs it)",
                    )
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "a relative import: write `from floor.module import ...`"


def undocumented(tree: ast.Module) -> Iterator[Finding]:
    if not ast.get_docstring(tree):
        yield 1, "the module has no docstring: say what it is and what it leaves alone"
    scopes: list[ast.Module | ast.ClassDef] = [tree]
    for scope in scopes:
        for node in scope.body:
            if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
                if not ast.get_docstring(node) and not is_overload(node):
                    yield (
                        node.lineno,
                        f"{node.name} has no docstring: what it is, units, errors, source of the rule",
                    )
                if isinstance(node, ast.ClassDef):
                    scopes.append(node)


def is_overload(node: ast.ClassDef | Function) -> bool:
    return any(dotted(mark) in {"overload", "typing.overload"} for mark in node.decorator_list)


def awaiting_validators(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and any(
            dotted(mark).endswith(".validator") for mark in node.decorator_list
        ):
            waits = any(
                isinstance(part, ast.Await | ast.AsyncFor | ast.AsyncWith)
                for part in ast.walk(node)
            )
            if waits or isinstance(node, ast.AsyncFunctionDef):
                yield (
                    node.lineno,
                    f"the validator {node.name} waits: it may only judge what the workflow holds already",
                )


def vague_names(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and re.search(
            r"Manager$|^Base[A-Z]|Helper$|Util(s)?$", node.name
        ):
            yield node.lineno, f"{node.name}: name what it does in the words of the field"


def test_no_file_is_longer_than_400_lines() -> None:
    judged = [path for path in TRACKED if path.suffix in {".py", ".html", ".css"} and is_ours(path)]
    long = {path: len(path.read_text().splitlines()) for path in judged}
    wrong = [f"{path}: {lines} lines" for path, lines in long.items() if lines > FILE_LINES_MAX]
    assert not wrong, "split by concept:\n" + "\n".join(wrong)


def test_no_function_is_longer_than_70_lines() -> None:
    assert not (wrong := findings(SOURCES, long_functions)), wrong


def test_no_float_comes_near_an_amount() -> None:
    assert not (wrong := findings(beside_amounts(), floats)), wrong


def test_the_core_knows_neither_clock_nor_chance() -> None:
    assert not (wrong := findings(below(*PURE), clocks_and_chance)), wrong


def test_first_party_imports_have_the_form_that_the_wheel_rewrites() -> None:
    assert not (wrong := findings(below(*PACKAGES), unrewritable_imports)), wrong


def test_everything_public_says_what_it_is() -> None:
    assert not (wrong := findings(below(*PRODUCT), undocumented)), wrong


def test_no_validator_waits() -> None:
    assert not (wrong := findings(below("workflows"), awaiting_validators)), wrong


def test_names_say_what_a_thing_does() -> None:
    assert not (wrong := findings(below(*PACKAGES), vague_names)), wrong
    vague = {
        "utils.py",
        "util.py",
        "helpers.py",
        "helper.py",
        "common.py",
        "misc.py",
        "manager.py",
        "base.py",
    }
    files = [str(path) for path in SOURCES if path.name in vague and path.parent.name != "models"]
    assert not files, f"name these after their concept: {files}"


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_the_close_has_its_file_on_each_floor(step: str) -> None:
    wanted = [f"activities/{step}.py", f"templates/closes/{step}.html", *STEPS[step]]
    missing = [name for name in wanted if not (REPOSITORY / name).is_file()]
    assert not missing, f"the step {step} has no {', '.join(missing)}"


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_in_the_workflow_and_in_the_table_of_steps(step: str) -> None:
    workflows = "".join(path.read_text() for path in below("workflows"))
    assert re.search(rf"\bdef _?{step}\(|\bself\._{step}\(", workflows), (
        f"no workflow has a step {step}"
    )
    table = (REPOSITORY / "controls/steps.py").read_text()
    known = bool(re.search(rf"\b{step}\b", table))
    assert known, f"controls/steps.py knows no {step}"


def test_folders_of_the_product_are_packages_and_tests_are_not() -> None:
    missing = [name for name in PACKAGES if not (REPOSITORY / name / "__init__.py").is_file()]
    assert not missing, f"no __init__.py in {missing}: the wheel and import-linter need it"
    hiding = [
        str(path)
        for path in SOURCES
        if path.name == "__init__.py" and "tests" in path.parts and "decoy" not in path.parts
    ]
    assert not hiding, f"remove {hiding}: it would hide the package of the same name"


def test_the_repository_names_nothing_that_a_reader_can_not_open() -> None:
    unseen = ["../" + "shared", "/work/" + "main", "/tmp/" + "brief"]
    wrong = [
        f"{path.relative_to(REPOSITORY)} names {word}"
        for path in TRACKED
        for word in unseen
        if word.encode() in path.read_bytes()
    ]
    assert not wrong, "cite what is in the repository or public:\n" + "\n".join(wrong)


def test_nothing_is_left_for_later() -> None:
    mark = re.compile(r"#.*\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    wrong = [
        f"{path.relative_to(REPOSITORY)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if mark.search(line)
    ]
    assert not wrong, f"do it or open an issue: {wrong}"


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (long_functions, "def close():\n" + "    step()\n" * FUNCTION_LINES_MAX),
        (floats, "rate = 1.5"),
        (floats, "rate = float(text)"),
        (clocks_and_chance, "from datetime import datetime\nat = datetime.now(tz)"),
        (clocks_and_chance, "at = datetime.date.today()"),
        (clocks_and_chance, "key = uuid4()"),
        (clocks_and_chance, "from secrets import token_hex"),
        (unrewritable_imports, "import accounting.money"),
        (unrewritable_imports, "from . import money"),
        (undocumented, '"""A."""\ndef position(): ...'),
        (undocumented, '"""A."""\nclass Position:\n    """B."""\n    def text(self): ...'),
        (awaiting_validators, "@decide.validator\nasync def check(self): ..."),
        (
            awaiting_validators,
            "@decide.validator\ndef check(self):\n    async def f():\n        await g()",
        ),
        (vague_names, "class LedgerManager: ..."),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: Rule, wrong: str) -> None:
    assert list(rule(ast.parse(wrong)))
