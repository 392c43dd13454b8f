"""From files on disk to articles."""
