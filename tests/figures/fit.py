# SPDX-License-Identifier: Apache-2.0
"""Fit: what several measurements amount to. Unknown is None, never 0."""

import statistics


def median(values):
    """None when there are none, or any of them could not be measured."""
    return None if None in values or not values else statistics.median(values)


def slope(points):
    """Of the line through the (x, y) points with the least squares; None without two x's."""
    if len({x for x, _ in points}) < 2 or any(y is None for _, y in points):
        return None
    return statistics.linear_regression(*zip(*points)).slope


def mean(values):
    """As median()."""
    return None if None in values or not values else statistics.fmean(values)
