"""Writing an application at a kiosk."""
