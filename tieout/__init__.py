"""Tieout: the month-end revenue close that ties out."""
