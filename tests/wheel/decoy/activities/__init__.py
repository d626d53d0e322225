"""The host project's own activities."""
