"""The close's work, one class per step, its doors injected: load, ask the pure core, save."""

from activities.calculate import CalculateActivities
from activities.doors import Doors
from activities.drift import DriftActivities
from activities.group_close import GroupCloseActivities
from activities.lock_check import LockCheckActivities
from activities.notify import NotifyActivities
from activities.post import PostActivities
from activities.progress import ProgressActivities
from activities.recover import RecoverActivities
from activities.reopen import ReopenActivities
from activities.resolve import ResolveActivities
from activities.review import ReviewActivities
from activities.schedule import ScheduleActivities
from activities.send_back import SendBackActivities
from activities.sign_off import SignOffActivities
from activities.sync import SyncActivities
from activities.verify import VerifyActivities

__all__ = [
    "CalculateActivities",
    "Doors",
    "DriftActivities",
    "GroupCloseActivities",
    "LockCheckActivities",
    "NotifyActivities",
    "PostActivities",
    "ProgressActivities",
    "RecoverActivities",
    "ReopenActivities",
    "ResolveActivities",
    "ReviewActivities",
    "ScheduleActivities",
    "SendBackActivities",
    "SignOffActivities",
    "SyncActivities",
    "VerifyActivities",
]
