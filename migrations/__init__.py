"""The schema's history, run by `tieout db migrate` as its owner."""
