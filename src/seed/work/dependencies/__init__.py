"""What a build stands on: runtimes, installed dependencies, and what it keeps for the next one."""
