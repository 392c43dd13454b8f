"""Fitting what ranks: curated lists, graded judgements and decisions into a ranker."""
