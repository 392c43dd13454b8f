"""Times as people write them, and the days that are meant."""
