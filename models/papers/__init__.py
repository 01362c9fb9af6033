"""Pure functions from data to bytes: filled applications, QR codes, calendar files, CSV."""
