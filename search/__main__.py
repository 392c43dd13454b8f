"""``python -m search`` is ``search``."""

from search.cli.main import main

main()
