"""One stack: planned, explained, executed, tried again."""
