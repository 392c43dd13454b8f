"""The editor's side: suggestions in bulk, decisions, write-back, the page, the audit."""
