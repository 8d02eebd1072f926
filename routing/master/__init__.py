"""Column generation: a pool of good loops, what they say each block is worth, and which of them to walk together."""
