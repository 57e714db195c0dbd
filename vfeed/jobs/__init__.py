"""Work in the background: the queue that wakes workers, the lease that makes it safe, the worker, what it does."""
