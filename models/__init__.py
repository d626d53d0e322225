"""Tables, and nothing else: one file per concept. What the rows mean stands in the docstrings."""

from models.adoption import AdoptionImportRow, ImportedPositionRow
from models.approvals import DecisionRow, DelegationRow, ResolutionRow, SeenRow
from models.audit import AuditEventRow
from models.base import metadata
from models.closes import CloseRow, ExceptionRow, PositionRow, ProposalRow, TieOutRow
from models.documents import DocumentLineRow, DocumentRow, LedgerReadingRow, SyncCursorRow
from models.drift import DriftRow
from models.entities import ConfigRow, ConnectionTokenRow, EntityRow
from models.group_closes import GroupCloseRow
from models.journals import JournalLineRow, JournalPartRow, JournalRow
from models.kept_readings import KeptPieceRow, KeptReadingRow
from models.notifications import NotificationRow
from models.past_journals import PastJournalRow
from models.posting_choices import PostingChoiceRow
from models.rates import RateRow
from models.reports import PaymentRow, ReportRow
from models.users import SessionRow, UserRow

__all__ = [
    "AdoptionImportRow",
    "AuditEventRow",
    "CloseRow",
    "ConfigRow",
    "ConnectionTokenRow",
    "DecisionRow",
    "DelegationRow",
    "DocumentLineRow",
    "DocumentRow",
    "DriftRow",
    "EntityRow",
    "ExceptionRow",
    "GroupCloseRow",
    "ImportedPositionRow",
    "JournalLineRow",
    "JournalPartRow",
    "JournalRow",
    "KeptPieceRow",
    "KeptReadingRow",
    "LedgerReadingRow",
    "NotificationRow",
    "PastJournalRow",
    "PaymentRow",
    "PositionRow",
    "PostingChoiceRow",
    "ProposalRow",
    "RateRow",
    "ReportRow",
    "ResolutionRow",
    "SeenRow",
    "SessionRow",
    "SyncCursorRow",
    "TieOutRow",
    "UserRow",
    "metadata",
]
