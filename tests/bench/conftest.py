"""Benchmarks print figures; they assert nothing about time. Run with `make bench`."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest


@pytest.fixture
def measure(capsys) -> Callable:
    """`measure("name", work, times=50)` runs `work(n)` and prints median and 95th percentile in ms."""

    def run(name: str, work: Callable[[int], object], *, times: int = 50) -> list[float]:
        work(0)
        seconds = []
        for number in range(1, times + 1):
            start = time.perf_counter()
            work(number)
            seconds.append(time.perf_counter() - start)
        seconds.sort()
        p95 = seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))]
        with capsys.disabled():
            print(f"\nbench {name}: median {median(seconds) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms ({times} runs)")
        return seconds

    return run
