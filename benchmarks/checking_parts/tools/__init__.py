"""What runs in the peers' environment: one tool on one grader, a process each. See `telling` for how it is called and what it answers."""
