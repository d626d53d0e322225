"""Durable orchestration of the close: prose-like workflows that carry ids, counts and hashes."""
