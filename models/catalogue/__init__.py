"""The shipped data of a city hall's front yard (procedures, forms, queue rules), loaded and validated."""
