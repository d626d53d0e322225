"""What the numbers are: pure recognition arithmetic, from documents to balanced journals."""
