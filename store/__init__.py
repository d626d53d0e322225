"""Every SQL statement of the product: a unit of work, and a file per group of tables."""

from store.unit_of_work import Store, Work

__all__ = ["Store", "Work"]
