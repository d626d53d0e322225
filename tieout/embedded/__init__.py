"""Postgres and Temporal as child processes of ours: nothing to install, nothing listening beyond this machine."""
