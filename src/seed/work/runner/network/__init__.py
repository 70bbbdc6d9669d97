"""What a command reaches. `gate` and `relay` run in its own first process, by the standard library alone."""
