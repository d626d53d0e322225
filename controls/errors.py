"""Python errors of the controls floor.

ControlsError
├── CanonicalError     data outside the subset whose bytes are certain
├── TransitionError    a journal was asked to go where its state does not lead
└── KeyMaterialError   a signing or verifying key that is missing or unusable
"""


class ControlsError(Exception):
    """Base of this floor's errors."""


class CanonicalError(ControlsError):
    """A value can't be written as canonical JSON without doubt."""


class TransitionError(ControlsError):
    """A journal's state does not lead where it was told to go."""


class KeyMaterialError(ControlsError):
    """A key is missing, of the wrong kind, or can't be read."""
