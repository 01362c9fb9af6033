"""Unattended hall devices: terminals and boards."""
