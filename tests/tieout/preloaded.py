"""What the parent of forked processes has imported and reckoned: what each would do anew."""

import gc
from importlib import import_module

from temporalio.worker._worker import load_default_build_id

for name in (
    "api.app",
    "connectors.quickbooks",
    "connectors.salesforce",
    "connectors.xero",
    "sandbox.launch",
    "tests.faults.worker",
    "tieout.administration",
    "tieout.cli",
    "tieout.compose",
    "tieout.worker",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
):  # all that commands, worker, page and sandbox import, or import late
    import_module(name)

load_default_build_id()  # a hash over every module's code, kept: seconds, where none is compiled
gc.freeze()  # a collection in a fork would copy all of it
