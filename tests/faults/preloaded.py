"""What the parent of forked workers has imported and reckoned besides: what each would do anew."""

from temporalio.worker._worker import load_default_build_id

from connectors import quickbooks, salesforce, xero
from tests.faults import worker

__all__ = ["quickbooks", "salesforce", "worker", "xero"]

load_default_build_id()  # a hash over every module's code, kept: seconds, where none is compiled
