"""Measuring side by side, on a machine that others use too.

What is compared takes turns in short windows, and each ratio is of neighbours in time; the
median of many is reported. A single thread is measured by its own clock, which stands still
while others have the core.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import NamedTuple

WINDOW = 8_000_000  # nanoseconds


class Compared(NamedTuple):
    """Medians over all rounds."""

    #: What each takes, in nanoseconds.
    nanoseconds: dict[str, float]
    #: How often the first fits in each.
    ratios: dict[str, float]


def compare(bodies: Mapping[str, Callable[[], object]], rounds: int) -> Compared:
    counts = {name: calls(body) for name, body in bodies.items()}
    times: dict[str, list[float]] = {name: [] for name in bodies}
    names = list(bodies)
    for turn in range(rounds):
        # Who begins alternates, so that a drift favours nobody.
        for name in names if turn % 2 == 0 else reversed(names):
            times[name].append(window(bodies[name], counts[name]))
    first = times[names[0]]
    return Compared(
        {name: median(took) for name, took in times.items()},
        {
            name: median(other / ours for ours, other in zip(first, took, strict=True))
            for name, took in times.items()
        },
    )


def calls(body: Callable[[], object]) -> int:
    """How many calls fill a window."""
    count = 1
    while window(body, count) * count < WINDOW:
        count *= 2
    return count


def window(body: Callable[[], object], count: int) -> float:
    """What one of `count` calls takes, in nanoseconds."""
    turns = itertools.repeat(None, count)
    begun = time.thread_time_ns()
    for _ in turns:
        body()
    return (time.thread_time_ns() - begun) / count
