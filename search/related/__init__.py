"""Articles related to one article."""
