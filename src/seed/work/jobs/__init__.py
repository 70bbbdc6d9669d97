"""The durable engine, and what every job keeps to: its turn, its lock, its end."""
