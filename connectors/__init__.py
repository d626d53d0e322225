"""The outside world: one Protocol per kind of system, one folder per vendor."""
