"""Salesforce REST API for one org: queries over accounts, opportunities, what is reported of their lines."""
