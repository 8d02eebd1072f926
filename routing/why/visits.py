"""How often each block is walked, and what one visit more or less is worth."""

from collections.abc import Sequence

import numpy as np

from routing.problem import Floats, Integers, Problem

Sequences = Sequence[Sequence[int]]


def visits_of(problem: Problem, sequences: Sequences) -> Integers:
    """On how many loops each block is. Shape [B]."""
    on_loops = np.array([block for sequence in sequences for block in sequence], dtype=np.int64)
    return np.bincount(on_loops, minlength=problem.blocks)


def last_prize(problem: Problem, visits: Integers) -> Floats:
    """What would be lost with one visit less to each block; 0 where there is none. Shape [B]."""
    return _prize(problem, visits - 1)


def next_prize(problem: Problem, visits: Integers) -> Floats:
    """What one visit more to each block would earn. Shape [B]."""
    return _prize(problem, visits)


def _prize(problem: Problem, number: Integers) -> Floats:
    """Of the visit with this number, from 0; 0 for those that do not count."""
    prizes = problem.visit_weight
    counts = (number >= 0) & (number < prizes.shape[1])
    return np.where(counts, prizes[np.arange(problem.blocks), np.where(counts, number, 0)], 0.0)
