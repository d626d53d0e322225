"""Errors of the face: what a person at the command line did not give or can't have."""


class TieoutError(Exception):
    """One clear sentence with what to do; the command line prints it and exits with 1."""
