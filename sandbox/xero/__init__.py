"""Xero Accounting API 2.0 for two organisations, one custom connection each."""
