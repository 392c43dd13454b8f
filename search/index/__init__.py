"""The index: catalogue, vectors, generations."""
