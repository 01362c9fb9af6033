"""The ground of the house: what is stored, what is asked, what is done, and the rules for all of it."""
