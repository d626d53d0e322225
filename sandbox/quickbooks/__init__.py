"""QuickBooks Online API v3 for one company."""
