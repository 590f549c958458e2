"""What the review desk does, without the web: the queue, its index and counters, locks, decisions, accounts."""
