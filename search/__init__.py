"""Semantic search and related articles for news sites kept as Markdown files."""
