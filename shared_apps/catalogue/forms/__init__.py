"""What is typed about the catalogue, and the fields that criteria make in forms of offers and of the search."""
