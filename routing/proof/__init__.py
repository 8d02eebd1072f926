"""The bound: a weight that no plan of the evening can exceed, valid by construction."""
