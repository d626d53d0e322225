"""The schema's version that this code was written for."""

REVISION = "0010"
