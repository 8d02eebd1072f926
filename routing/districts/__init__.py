"""A large evening cut into districts that are solved side by side, in other processes or on other machines.

partition  which teams make up a district: neighbours, by recursive bisection
sharing    which district may plan which block, and the problem that is left for it
crew       districts solved through a concurrent.futures executor; a worker that dies is noticed
rounds     the whole of it: solve, shift the borders, solve again, put together, check
"""

from routing.districts.crew import DistrictLostError
from routing.districts.rounds import DistrictParams, plan_districts

__all__ = ["DistrictLostError", "DistrictParams", "plan_districts"]
