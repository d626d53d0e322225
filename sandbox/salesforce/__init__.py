"""Salesforce REST API for one org: queries over accounts, opportunities and their lines."""
