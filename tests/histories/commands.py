"""What workflows command: by their code, function by function, and by the runs that are saved."""

import ast
import base64
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SOURCES = [
    file
    for file in sorted((FOLDER.parents[1] / "workflows").glob("*.py"))
    if "from temporalio import workflow\n" in file.read_text()
]
HISTORIES = sorted(FOLDER.glob("*/*.json"))
RECORD = FOLDER / "commands.txt"
ACTIVITIES = frozenset(
    f"{how}_{what}"
    for how in ("execute", "start")
    for what in ("activity", "activity_method", "local_activity", "local_activity_method")
)
CHILDREN = frozenset({"execute_child_workflow", "start_child_workflow"})
HANDLERS = frozenset({"update", "signal"})
PATCH_MARKER = "core_patch"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def in_code(source: str) -> dict[str, list[str]]:
    """Each function of a module with what it commands and awaits, in the order of the source."""
    tree = ast.parse(source)
    texts = dict(_constants(tree))
    found = {}
    for name, node in _functions(tree, ""):
        commands = [*_handled(node), *_commanded(node, texts)]
        if commands:
            found[name] = commands
    return found


def _functions(scope: ast.Module | ast.ClassDef, name: str) -> Iterator[tuple[str, Function]]:
    for node in scope.body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{node.name}.")
        if isinstance(node, Function):
            yield name + node.name, node


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of the module that stand for a text, such as a patch's."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=True))
            for name, text in pairs:
                if isinstance(name, ast.Name) and isinstance(text, ast.Constant):
                    yield name.id, str(text.value)


def _handled(node: Function) -> Iterator[str]:
    """What the function is called by from outside: its own name as an update or a signal."""
    for mark in node.decorator_list:
        if isinstance(mark, ast.Attribute) and mark.attr in HANDLERS:
            yield f"on {mark.attr} {node.name}"


def _commanded(node: ast.AST, texts: dict[str, str]) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        yield from _commanded(child, texts)
        if isinstance(child, ast.Call):
            if command := _command(child, texts):
                yield command
        elif isinstance(child, ast.Await) and (own := _own(child.value)):
            yield f"{own}()"


def _own(awaited: ast.expr) -> str:
    """The name of the workflow's own method, or of a function beside it, that is awaited."""
    if not isinstance(awaited, ast.Call):
        return ""
    return ast.unparse(awaited.func).removeprefix("self.") if _is_own(awaited.func) else ""


def _is_own(function: ast.expr) -> bool:
    owner = function.value if isinstance(function, ast.Attribute) else function
    return isinstance(owner, ast.Name) and owner.id in {"self", ast.unparse(function)}


def _command(call: ast.Call, texts: dict[str, str]) -> str:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    first = call.args[0] if call.args else None
    if name in ACTIVITIES and isinstance(first, ast.Attribute):
        return f"activity {first.attr}"
    if name in CHILDREN and first is not None:
        return f"child {_text(first, texts).removesuffix('.run')}"
    if name == "patched" and first is not None:
        return f"patch {_text(first, texts)}"
    if name == "sleep" or (name == "wait_condition" and _timed(call)):
        return "timer"
    if name == "signal":
        return "signal another"
    return "continue as new" if name == "continue_as_new" else ""


def _text(given: ast.expr, texts: dict[str, str]) -> str:
    """A literal, what a name of the module stands for, or else the expression itself."""
    words = ast.unparse(given)
    return texts.get(words, words.strip("'"))


def _timed(call: ast.Call) -> bool:
    return any(word.arg == "timeout" for word in call.keywords)


def in_history(history: dict[str, Any]) -> list[str]:
    """The commands of a run, and what reached it, in their order."""
    return [told for event in history["events"] if (told := _told(event))]


def _told(event: dict[str, Any]) -> str:
    (kind,) = [key for key in event if key.endswith("EventAttributes")] or [""]
    about = event.get(kind, {})
    match kind.removesuffix("EventAttributes"):
        case "activityTaskScheduled":
            return f"activity {about['activityType']['name']}"
        case "startChildWorkflowExecutionInitiated":
            return f"child {about['workflowType']['name']}"
        case "timerStarted":
            return "timer"
        case "signalExternalWorkflowExecutionInitiated":
            return "signal another"
        case "workflowExecutionUpdateAccepted":
            return f"on update {about['acceptedRequest']['input']['name']}"
        case "workflowExecutionSignaled":
            return f"on signal {about['signalName']}"
        case "workflowExecutionContinuedAsNew":
            return "continue as new"
        case "markerRecorded" if about["markerName"] == PATCH_MARKER:
            return f"patch {_patch_of(about)}"
    return ""


def _patch_of(about: dict[str, Any]) -> str:
    """The patch's name, which the marker holds as base64 of JSON."""
    (payload,) = about["details"]["patch-data"]["payloads"]
    return str(json.loads(base64.b64decode(payload["data"]))["id"])


def record() -> str:
    """Everything as text: the code's commands, then those of each saved run."""
    lines = ["The workflows' code, function by function", ""]
    for file in SOURCES:
        lines += [
            f"{file.stem}.{function}: {', '.join(commands)}"
            for function, commands in in_code(file.read_text()).items()
        ]
    lines += ["", "The saved runs", ""]
    for file in HISTORIES:
        told = ", ".join(in_history(json.loads(file.read_text())))
        lines += [
            f"{file.parent.name}/{file.stem}:",
            textwrap.indent(textwrap.fill(told, 96), "  "),
        ]
    return "\n".join(lines) + "\n"
