"""The close's work, one class per step, its doors injected: load, ask the pure core, save."""

from activities.calculate import CalculateActivities
from activities.doors import Doors
from activities.lock_check import LockCheckActivities
from activities.post import PostActivities
from activities.progress import ProgressActivities
from activities.recover import RecoverActivities
from activities.resolve import ResolveActivities
from activities.review import ReviewActivities
from activities.sign_off import SignOffActivities
from activities.sync import SyncActivities
from activities.verify import VerifyActivities

__all__ = [
    "CalculateActivities",
    "Doors",
    "LockCheckActivities",
    "PostActivities",
    "ProgressActivities",
    "RecoverActivities",
    "ResolveActivities",
    "ReviewActivities",
    "SignOffActivities",
    "SyncActivities",
    "VerifyActivities",
]
