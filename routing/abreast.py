"""Jobs side by side on threads, for kernels that hold no interpreter lock, told to halt when time is up."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np

from routing.deadline import Deadline
from routing.problem import Integers

Job = TypeVar("Job")
Result = TypeVar("Result")

_POLL_S = 0.02


def abreast(
    function: Callable[[Job, Integers], Result], jobs: Iterable[Job], *, threads: int, deadline: Deadline
) -> list[Result]:
    """What the function says to each job, in their order.

    It is also given an array [1] that turns from 0 to 1 when the deadline is over: jobs still running or waiting then
    look there, and end soon with what they have.
    """
    halt = np.zeros(1, dtype=np.int64)
    with ThreadPoolExecutor(threads) as workers:
        try:
            answers = [workers.submit(function, job, halt) for job in jobs]
            halt[0] = deadline.over()
            while not halt[0] and wait(answers, timeout=_POLL_S).not_done:
                halt[0] = deadline.over()
        finally:
            halt[0] |= any(not answer.done() for answer in answers)
        return [answer.result() for answer in answers]
