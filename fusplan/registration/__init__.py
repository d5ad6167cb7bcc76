"""One image onto another."""
