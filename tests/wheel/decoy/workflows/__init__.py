"""The host project's own workflows."""
