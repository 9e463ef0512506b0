"""Work for later: thin wrappers over services that a worker runs. Each may be run again."""
