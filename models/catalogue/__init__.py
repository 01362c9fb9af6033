"""The shipped data of a city hall's front yard (procedures, forms, vocabulary, queue rules), loaded and validated."""
