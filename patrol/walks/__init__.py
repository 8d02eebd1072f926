"""A patrol under way: start, positions, blocks walked, end."""
