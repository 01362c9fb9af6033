"""The form engine: one set of plain rules for every form of the catalogue, whatever a city makes of it."""
