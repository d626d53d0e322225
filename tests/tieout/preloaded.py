"""What the parent of forked processes has imported and reckoned: what each would do anew.

All that commands, worker, page and the sandbox import late.
"""

import gc

import uvicorn.logging
import uvicorn.loops.auto
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto
from temporalio.worker._worker import load_default_build_id

import api.app
import connectors.quickbooks
import connectors.salesforce
import connectors.xero
import sandbox.launch
import tests.faults.worker
import tieout.administration
import tieout.cli
import tieout.compose
import tieout.worker  # noqa: F401

load_default_build_id()  # a hash over every module's code, kept: seconds, where none is compiled
gc.freeze()  # a collection in a fork would copy all of it
