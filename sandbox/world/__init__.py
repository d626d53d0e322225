"""The invented group Northwind Analytics: eighteen months of documents, made from a seed."""
