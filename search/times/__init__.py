"""Times as people write them: the days that are meant, and which articles are of them."""
