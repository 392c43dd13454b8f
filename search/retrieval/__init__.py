"""Free-text queries against an index."""
