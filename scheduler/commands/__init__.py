"""`maeniwa`: one module a command."""
