# SPDX-License-Identifier: Apache-2.0
"""Table: the demonstration's report for a person."""

MAX_P99_RATIO = 1.30
MIN_NATIVE_RATIO = 1.6
MIN_LEFTOVER_SHARE = 0.60
# Requests of 2 ms at a fifth of a device that is theirs alone have a P99 of 4.9 ms (M/D/1). Half as
# much again means that something else kept this machine's processors from them.
MAX_ALONE_P99_MS = 7.5


def _number(value, digits=2, unit=""):
    return "unknown" if value is None else f"{value:.{digits}f}{unit}"


def _times(value):
    return _number(value, 2, " x")


def _percent(value):
    return "unknown" if value is None else f"{100 * value:.0f} %"


def phases_table(report):
    """Rows of text: what the foreground and the background got in each phase."""
    alone, native, penstock = report["alone"], report["native"], report["penstock"]
    rows = [("", "alone", "native sharing", "under Penstock")]
    for name, key in (("foreground P50, ms", "p50_ms"), ("foreground P99, ms", "p99_ms")):
        rows.append((name, *(_number(phase[key]) for phase in (alone, native, penstock))))
    rows.append(("foreground P99 / alone", "1.00 x", _times(report["p99_ratio_native"]),
                 _times(report["p99_ratio_penstock"])))
    rows.append(("background, of capacity left", "-",
                 _percent(native["background_share_of_leftover"]),
                 _percent(penstock["background_share_of_leftover"])))
    rows.append(("requests counted", *(str(phase["requests"])
                                       for phase in (alone, native, penstock))))
    return rows


def details_table(report):
    penstock = report["penstock"]
    pairs = (
        ("preemptions before the busctl call", str(penstock["equal"]["preemptions"])),
        ("preemptions after it", str(penstock["preemptions"])),
        ("busctl call -> first suspend ioctl",
         _number(penstock["busctl_to_first_suspend_ms"], 1, " ms, process start included")),
        ("pointer move -> suspend ioctl P50 / P99", _pair(penstock, "pointer_to_ioctl")),
        ("seen by BPF -> suspend ioctl P50 / P99", _pair(penstock, "seen_to_ioctl")),
        ("in the gate -> suspend ioctl P50 / P99", _pair(penstock, "detect_to_ioctl")),
        ("agent and gate, CPU", _number(penstock["cpu_percent"], 2, " % of one core")),
        ("agent and gate, resident", _number(penstock["rss_mib"], 1, " MiB")),
    )
    return [(name, value) for name, value in pairs]


def _pair(penstock, name):
    return (f"{_number(penstock[f'{name}_p50_us'], 0)} / "
            f"{_number(penstock[f'{name}_p99_us'], 0, ' us')}")


def lines(rows):
    """Aligned, and every line that holds a figure says that it is emulated."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        yield "  " + "  ".join(cells) + ("  emulated" if row[0] else "")


def is_disturbed(report):
    """Whether others used this machine so much that the comparison says little."""
    alone = report["alone"]["p99_ms"]
    return alone is not None and alone > MAX_ALONE_P99_MS


def broken_promises(report):
    """A sentence for each promise of the demonstration that does not hold."""
    native, penstock = report["p99_ratio_native"], report["p99_ratio_penstock"]
    share = report["penstock"]["background_share_of_leftover"]
    broken = []
    if native is None or native < MIN_NATIVE_RATIO:
        broken.append(f"native sharing made the foreground's P99 only {_times(native)} of alone, "
                      f"expected at least {MIN_NATIVE_RATIO} x")
    if penstock is None or penstock > MAX_P99_RATIO:
        broken.append(f"the foreground's P99 under Penstock is {_times(penstock)} of alone, "
                      f"expected at most {MAX_P99_RATIO} x")
    if share is None or share < MIN_LEFTOVER_SHARE:
        broken.append(f"the background got {_percent(share)} of the capacity left over, "
                      f"expected at least {_percent(MIN_LEFTOVER_SHARE)}")
    return broken
