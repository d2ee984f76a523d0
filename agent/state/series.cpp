// SPDX-License-Identifier: Apache-2.0

#include "agent/state/series.h"

#include <cmath>

namespace penstock {
namespace {

// What flows has a rate and a total; of the others only the present value means something.
bool flows(Quantity quantity) {
    switch (quantity) {
        case Quantity::dram_read:
        case Quantity::dram_written:
        case Quantity::dram_total:
        case Quantity::dram_cpu:
        case Quantity::dram_gpu:
        case Quantity::dram_io:
        case Quantity::dram_clocks:
        case Quantity::dram_slots:
        case Quantity::link_received:
        case Quantity::link_sent:
        case Quantity::energy_package:
        case Quantity::energy_cores:
        case Quantity::energy_memory:
        case Quantity::energy_graphics:
        case Quantity::energy_platform:
        case Quantity::energy_device:
        case Quantity::power_package:
        case Quantity::power_cores:
        case Quantity::power_graphics:
        case Quantity::power_device:
        case Quantity::gpu_time:
        case Quantity::cpu_time:
        case Quantity::cpu_idle:
        case Quantity::evicted_time:
        case Quantity::transfer_time:
        case Quantity::stall_memory:
        case Quantity::stall_cpu:
        case Quantity::steal_time:
        case Quantity::tsc:
        case Quantity::progress:
            return true;
        case Quantity::dram_peak:
        case Quantity::concurrency_gain:
        case Quantity::link_capacity:
        case Quantity::vram_used:
        case Quantity::vram_capacity:
        case Quantity::gtt_used:
        case Quantity::gtt_capacity:
        case Quantity::busy:
        case Quantity::temperature:
        case Quantity::resets:
        case Quantity::compute_units_used:
        case Quantity::memory_pressure:
            return false;
    }
    return false;
}

bool sound(double value) {
    return std::isfinite(value) && std::abs(value) <= absurd_value;
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::uint64_t mask(std::uint8_t bits) {
    return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

}  // namespace

// A reading that can not be: the value is unknown until the next one that makes sense. The mark has
// been moved on already, so that one bad count costs one interval and not all that follow.
bool Series::lose(Origin why) {
    value.reset();
    by.origin = std::move(why);
    return true;
}

bool Series::take(const CounterReading& reading) {
    subject = reading.subject;
    flows = penstock::flows(subject.quantity);
    by = reading.by;
    if (!reading.count) {
        value.reset();
        mark_.reset();  // What it counted meanwhile belongs to no interval that we know.
        return false;
    }
    const std::optional<Mark> before = mark_;
    mark_ = {.count = *reading.count,
             .enabled = reading.enabled,
             .running = reading.running,
             .taken = reading.by.taken};
    if (!std::isfinite(reading.unit) || reading.unit <= 0 || reading.bits == 0) {
        return lose("one count of it means nothing that can be measured");
    }
    if (!flows) {
        value = static_cast<double>(*reading.count) * reading.unit;
        return sound(*value) ? false : lose("its value is absurd");
    }
    if (!before) {
        value.reset();
        by.origin = "it has been read only once yet";
        return false;
    }
    return advance(reading, *reading.count, *before);
}

// From the last mark to this reading. A narrow counter may wrap once between them: its source reads
// it more often than that. A wide one never does, so that a smaller count means another counter: a
// driver was loaded anew, or a device was reset.
bool Series::advance(const CounterReading& reading, std::uint64_t count, const Mark& before) {
    const Duration passed = reading.by.taken - before.taken;
    if (passed <= Duration{}) {
        return lose("its clock did not advance");
    }
    if (reading.bits >= 64 && count < before.count) {
        return lose("the counter ran backwards");
    }
    const Duration enabled = reading.enabled - before.enabled;
    const Duration running = reading.running - before.running;
    if (enabled < Duration{} || running < Duration{} || running > enabled) {
        return lose("the counter's own times make no sense");
    }
    if (enabled > Duration{} && running == Duration{}) {
        value.reset();
        by.origin = "the counter had no turn in this interval";
        return false;
    }
    const std::uint64_t counted = (count - before.count) & mask(reading.bits);
    // While the counter was lent to others it is taken to have counted as when it was ours.
    const double shown = enabled > Duration{} ? seconds(enabled) / seconds(running) : 1;
    const double amount = static_cast<double>(counted) * reading.unit * shown;
    const double rate = amount / seconds(passed);
    if (!sound(rate)) {
        return lose("its rate is absurd");
    }
    value = rate;
    total += amount;
    return false;
}

// The integral is that of straight lines between readings: the source averages over its own period,
// which is about as long as the one between readings.
bool Series::take(const LevelReading& reading) {
    const bool held = value.has_value();
    const double former = value.value_or(0);
    const Duration passed = reading.by.taken - by.taken;
    subject = reading.subject;
    flows = penstock::flows(subject.quantity);
    by = reading.by;
    value = reading.value;
    if (value && !sound(*value)) {
        return lose("its value is absurd");
    }
    if (flows && held && value && passed > Duration{}) {
        total += (former + *value) / 2 * seconds(passed);
    }
    return false;
}

bool Series::expire(TimePoint now) {
    const bool expired = value && now - by.taken > by.valid_for;
    if (expired) {
        value.reset();
        by.origin = "its source has fallen silent";
    }
    return expired;
}

}  // namespace penstock
