"""Processes that follow one server, event by event: how loaded it is, and how soon they know.

Started with what measure.py prints, it first repeats the small case that was measured, and
then answers for fleets that no single machine can stand in for.

    measure.py > figures.json
    simulate.py figures.json
"""

from __future__ import annotations

import heapq
import json
import random
import sys
from collections import deque
from dataclasses import dataclass

#: The most changes that a process asks for at a time.
PIECE = 100
#: How often a process of measure.py looks.
LOOK = 0.0002


@dataclass(frozen=True)
class Costs:
    """Seconds of processor time, but for the way, which is by the clock."""

    append: float  #: of the server, for a change
    reply: float  #: of the server, for a question and its answer, without the changes
    entry: float  #: of the server, for each change in an answer
    process: float  #: of a process, for each change in an answer
    way: float  #: from the server to a process, or back
    reply_bytes: float
    entry_bytes: float


@dataclass(frozen=True)
class Outcome:
    utilization: float
    bytes: float  #: a second, to each process
    p50: float
    p99: float
    grows: bool  #: the server can't keep up, and the wait grows for as long as this lasts


def run(costs: Costs, followers: int, rate: float, changes: int, pause: float = 0.0) -> Outcome:
    """Random arrivals at a rate, one server, and processes that ask, apply and ask again.

    With a pause, which jeton doesn't make today, they let changes gather before they ask.
    """
    chance = random.Random(1)
    events: list[tuple[float, int, int, int]] = []  # time, order, kind, who
    order = 0

    def at(time: float, kind: int, who: int = 0) -> None:
        nonlocal order
        order += 1
        heapq.heappush(events, (time, order, kind, who))

    APPEND, ASK = 0, 1
    time = 0.0
    for _ in range(changes):
        time += chance.expovariate(rate)
        at(time, APPEND)
    end = time
    arrived: list[float] = []
    known = [0] * followers
    waiting = deque(range(followers))
    free = busy = sent = behind = 0.0
    waits: list[float] = []

    def work(seconds: float) -> float:
        nonlocal free, busy
        free += seconds
        busy += seconds
        return free

    def answer(who: int) -> None:
        nonlocal sent
        count = min(len(arrived) - known[who], PIECE)
        done = work(costs.reply / 2 + count * costs.entry)
        sent += costs.reply_bytes + count * costs.entry_bytes
        applied = done + costs.way + count * costs.process
        for change in range(known[who], known[who] + count):
            waits.append(applied - arrived[change])
        known[who] += count
        at(applied + costs.way + (pause if count < PIECE else 0.0), ASK, who)

    while events:
        time, _, kind, who = heapq.heappop(events)
        free = max(free, time)
        if kind == APPEND:
            behind = free - time
            work(costs.append)
            arrived.append(time)
            # Whoever waits is answered before the server looks at anything else.
            for _ in range(len(waiting)):
                answer(waiting.popleft())
        else:
            work(costs.reply / 2)
            if known[who] < len(arrived):
                answer(who)
            else:
                waiting.append(who)
    waits.sort()
    return Outcome(
        utilization=busy / max(end, free),
        bytes=sent / followers / max(end, free),
        p50=waits[len(waits) // 2],
        p99=waits[len(waits) * 99 // 100],
        grows=behind > 0.02 + end / 50,
    )


def calibrated(figures: dict) -> Costs:
    """The server's costs from the first two cases: one process, and many."""
    alone, many = figures["cases"][:2]
    each = (many["server"] - alone["server"]) / (many["followers"] - alone["followers"])
    costs = {
        "append": max(0.0, alone["server"] - each),
        "reply": max(0.0, each - figures["entry"]),
        "entry": figures["entry"],
        "process": figures["process"],
        "reply_bytes": max(0.0, many["bytes"] - figures["entry_bytes"]),
        "entry_bytes": figures["entry_bytes"],
    }
    # What the median lacks there is the way, there and for the one who looks.
    without = run(Costs(way=0.0, **costs), many["followers"], many["rate"], 2500)
    way = max(0.0, many["p50"] - without.p50 - LOOK / 2)
    return Costs(way=way, **costs)


def shown(name: str, outcome: Outcome) -> None:
    if outcome.grows:
        waited = "can't keep up"
    else:
        waited = f"p50 {1e3 * outcome.p50:8.2f} ms   p99 {1e3 * outcome.p99:8.2f} ms"
    load = f"server {100 * outcome.utilization:5.1f} %"
    print(f"{name:<46} {load}   {outcome.bytes / 1e3:9.1f} kB/s each   {waited}")


def main() -> None:
    with open(sys.argv[1]) as file:
        figures = json.load(file)
    costs = calibrated(figures)
    print(
        f"Costs, in microseconds: {1e6 * costs.append:.1f} an append, {1e6 * costs.reply:.1f} an "
        f"answer, {1e6 * costs.entry:.2f} a change in it, {1e6 * costs.process:.2f} for a process "
        f"to apply one; {1e6 * costs.way:.0f} on the way. Bytes: {costs.reply_bytes:.0f} an answer, "
        f"{costs.entry_bytes:.0f} a change.\n"
    )
    print("The small case, measured here and simulated:")
    for case in figures["cases"][1:]:
        name = f"{case['followers']} processes, {case['rate']:.0f} changes/s"
        measured = Outcome(
            case["utilization"], case["bytes"] * case["rate"], case["p50"], case["p99"], False
        )
        shown(f"{name}, measured", measured)
        simulated = run(costs, case["followers"], case["rate"], 2000)
        shown(f"{name}, simulated", simulated)

    print("\nAll processes on one server:")
    for followers, rate in ((100, 100), (100, 1000), (1000, 10), (1000, 100), (1000, 1000)):
        told(costs, followers, rate)
    print("\nThe same, where each process asked every 100 ms only:")
    for followers, rate in ((1000, 10), (1000, 100), (1000, 500), (1000, 1000)):
        told(costs, followers, rate, pause=0.1)
    print("\n32 processes on a relay, or 32 relays on a server, asking every 20 ms:")
    for rate in (1000, 5000, 8000, 12_500):
        told(costs, 32, rate, pause=0.02)


def told(costs: Costs, followers: int, rate: int, pause: float = 0.0) -> None:
    outcome = run(costs, followers, rate, max(200, rate), pause)
    shown(f"{followers} processes, {rate} changes/s", outcome)


main()
