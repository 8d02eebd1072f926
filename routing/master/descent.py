"""Prices of blocks by subgradient descent on the Lagrangian bound (Held, Wolfe, Crowder 1974, doi:10.1007/BF01580223).

A block that more teams want than may visit it gets dearer, one that nobody wants cheaper. Steps are as long as the
distance to an estimate of the least bound allows (Polyak 1969, doi:10.1016/0041-5553(69)90035-4), and each keeps half
of the direction of the one before, so that prices do not go to and fro.
"""

from collections.abc import Sequence

import numpy as np

from routing.problem import Floats, Integers

_KEPT = 0.5
_HOPE, _LEAST_HOPE = 0.03, 5e-4
_PATIENCE = 5
_SHARE_OF_MEAN = 0.75


class Descent:
    """price [B]: to try next. best [B]: those with the least bound met, `least`."""

    def __init__(self, visit_weight: Floats) -> None:
        """All blocks cost nothing."""
        self._visits = visit_weight
        self.price = np.zeros(len(visit_weight))
        self.best = self.price
        self.least = np.inf
        self._direction = np.zeros(len(visit_weight))
        self._hope = _HOPE
        self._in_vain = 0

    def guess(self, loops: Sequence[Sequence[int]]) -> None:
        """Begin with prices under which every stop of these loops leaves its team about as much as any other."""
        weight = self._visits[:, 0]
        for loop in loops:
            stops = list(loop)
            share = _SHARE_OF_MEAN * weight[stops].mean() if stops else 0.0
            self.price[stops] = np.maximum(weight[stops] - share, 0.0)

    def visits_worth(self, price: Floats) -> float:
        """What all visits are worth at most at these prices."""
        return float(np.maximum(np.cumsum(self._gains(price), axis=1).max(axis=1, initial=0.0), 0.0).sum())

    def move(self, left: float, wanted: Integers, floor: float) -> None:
        """Go on from `price`.

        left: what all teams' best loops keep of their worth at it; wanted [B]: how many want each block; floor: the
        least bound is surely no less.
        """
        value = self.visits_worth(self.price) + left
        if value < self.least * (1 - 1e-5):
            self.best, self.least, self._in_vain = self.price, value, 0
        else:
            self._in_vain += 1
            if self._in_vain >= _PATIENCE:
                self._hope, self._in_vain = max(self._hope / 2, _LEAST_HOPE), 0
        gains = self._gains(self.price)
        offered = np.clip(wanted, (gains > 0).sum(axis=1), (gains >= 0).sum(axis=1))
        slope = (offered - wanted).astype(np.float64)
        self._direction = _KEPT * self._direction + (1 - _KEPT) * slope
        target = max(floor, self.least * (1 - self._hope))
        length = max(value - target, _LEAST_HOPE * abs(value)) / max(float(slope @ slope), 1.0)
        self.price = np.maximum(self.price - length * self._direction, 0.0)

    def return_to_best(self, left: float) -> None:
        """Go on from the best prices, at which the teams' loops keep so much of their worth as is known by now."""
        self.price = self.best
        self.least = self.visits_worth(self.best) + left
        self._direction = np.zeros(len(self.best))

    def _gains(self, price: Floats) -> Floats:
        gains: Floats = self._visits - self._visits[:, :1] + price[:, None]
        return gains
