"""The editor's page: a local server, its templates, its script."""
