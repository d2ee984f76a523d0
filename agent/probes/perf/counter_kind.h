// SPDX-License-Identifier: Apache-2.0
//
// Counter kind: one row says all that tells one kind of perf counters from another.
//
// Every kind is opened and read by the same code. What a kind has in several generations of
// hardware are its flavours; sysfs shows which one it is, never CPUID, which hypervisors invent.

#pragma once

#include <span>
#include <string_view>

#include "agent/probes/source.h"

namespace penstock {

// A file that only one flavour has: in the PMU's folder, or from the root when it begins with
// "sys/". With `contains`, its content must have that in it too.
struct Clue {
    std::string_view file{};
    std::string_view contains{};
};

// Read the unit from events/X.scale, because it is the kernel's own choice.
inline constexpr double unit_from_sysfs = 0;

struct CountedEvent {
    std::string_view listed{};  // Its name in events/; "" where the kernel lists none.
    std::string_view terms{};   // How it is encoded where the kernel lists none.
    Quantity quantity{};
    double unit = 1;        // What one count means, in the quantity's unit.
    bool optional = false;  // Listed on some machines only.
};

struct Flavour {
    Clue clue{};
    std::string_view origin{};  // What a sample says of where it comes from.
    std::span<const CountedEvent> events{};
    Confidence confidence = Confidence::counter;
};

struct CounterKind {
    std::string_view name{};
    std::string_view stem{};  // Of the PMUs: "uncore_imc" for uncore_imc_0 and its fellows.
    Place::Kind place = Place::Kind::machine;
    std::span<const Flavour> flavours{};  // The first whose clue is found counts.
    Duration period{};                    // Longer than that of cheap sources; 0 for theirs.
    Source::Patience patience = Source::Patience::never_waits;
    Duration renewed{};          // After this they are opened anew; 0 for never.
    std::string_view instead{};  // Where this stem is, it counts the same better: this one rests.
};

}  // namespace penstock
