"""What forges and people are told: put into an outbox, sent, tried again."""
