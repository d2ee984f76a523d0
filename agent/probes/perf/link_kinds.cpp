// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "agent/probes/perf/perf_kinds.h"

// A device receives what it reads from memory and what processors write to it; it sends what it
// writes to memory and what processors read from it.

namespace penstock::kinds {
namespace {

constexpr double word_bytes = 4;
constexpr double line_bytes = 64;

constexpr CountedEvent received(std::string_view terms, double unit) {
    return {.terms = terms, .quantity = Quantity::link_received, .unit = unit};
}

constexpr CountedEvent sent(std::string_view terms, double unit) {
    return {.terms = terms, .quantity = Quantity::link_sent, .unit = unit};
}

constexpr CountedEvent listed(std::string_view event, Quantity quantity, double unit) {
    return {.listed = event, .quantity = quantity, .unit = unit};
}

// ---- Intel's IO stacks, all ports of each ----

// The masks above port 3 are the IOMMU's own reads.
constexpr std::array four_port_events{
    received("event=0x83,umask=0x4,ch_mask=0x0f,fc_mask=0x7", word_bytes),
    sent("event=0x83,umask=0x1,ch_mask=0x0f,fc_mask=0x7", word_bytes),
    received("event=0xc0,umask=0x1,ch_mask=0x0f,fc_mask=0x7", word_bytes),
    sent("event=0xc0,umask=0x4,ch_mask=0x0f,fc_mask=0x7", word_bytes),
};
constexpr std::array eight_port_events{
    received("event=0x83,umask=0x4,ch_mask=0xff,fc_mask=0x7", word_bytes),
    sent("event=0x83,umask=0x1,ch_mask=0xff,fc_mask=0x7", word_bytes),
    received("event=0xc0,umask=0x1,ch_mask=0xff,fc_mask=0x7", word_bytes),
    sent("event=0xc0,umask=0x4,ch_mask=0xff,fc_mask=0x7", word_bytes),
};
constexpr std::array iio_flavours{
    Flavour{.clue = {.file = "format/ch_mask", .contains = "36-43"},
            .origin = "uncore_iio with 4 ports",
            .events = four_port_events},
    Flavour{.clue = {.file = "format/ch_mask", .contains = "36-47"},
            .origin = "uncore_iio with 8 ports",
            .events = eight_port_events},
};

// ---- The same stacks' counters that nobody programs ----

// Kernels before 6.15 say in the scale files of all generations what is true of the first one
// only: 4 bytes. Which one it is, is told by the ports that it lists.
constexpr double first_unit = 4;
constexpr double later_unit = 32;
constexpr Quantity in = Quantity::link_sent;       // Into the processor.
constexpr Quantity out = Quantity::link_received;  // Out of it.

constexpr std::array first_free_events{
    listed("bw_in_port0", in, first_unit),
    listed("bw_in_port1", in, first_unit),
    listed("bw_in_port2", in, first_unit),
    listed("bw_in_port3", in, first_unit),
    listed("bw_out_port0", out, first_unit),
    listed("bw_out_port1", out, first_unit),
    listed("bw_out_port2", out, first_unit),
    listed("bw_out_port3", out, first_unit),
};
// Ice Lake lists those into the processor, Sapphire Rapids both.
constexpr std::array later_free_events{
    listed("bw_in_port0", in, later_unit),
    listed("bw_in_port1", in, later_unit),
    listed("bw_in_port2", in, later_unit),
    listed("bw_in_port3", in, later_unit),
    listed("bw_in_port4", in, later_unit),
    listed("bw_in_port5", in, later_unit),
    listed("bw_in_port6", in, later_unit),
    listed("bw_in_port7", in, later_unit),
};
constexpr std::array both_free_events{
    later_free_events[0],
    later_free_events[1],
    later_free_events[2],
    later_free_events[3],
    later_free_events[4],
    later_free_events[5],
    later_free_events[6],
    later_free_events[7],
    listed("bw_out_port0", out, later_unit),
    listed("bw_out_port1", out, later_unit),
    listed("bw_out_port2", out, later_unit),
    listed("bw_out_port3", out, later_unit),
    listed("bw_out_port4", out, later_unit),
    listed("bw_out_port5", out, later_unit),
    listed("bw_out_port6", out, later_unit),
    listed("bw_out_port7", out, later_unit),
};
constexpr std::array free_flavours{
    Flavour{.clue = {.file = "events/bw_out_port0", .contains = "umask=0x24"},
            .origin = "uncore_iio_free_running in units of 4 bytes",
            .events = first_free_events},
    Flavour{.clue = {.file = "events/bw_out_port0", .contains = "umask=0x30"},
            .origin = "uncore_iio_free_running in units of 32 bytes",
            .events = both_free_events},
    Flavour{.clue = {.file = "events/bw_in_port4"},
            .origin = "uncore_iio_free_running in units of 32 bytes",
            .events = later_free_events},
};

// ---- Requests of devices as the caches see them: reads, whole lines and parts of lines ----

constexpr std::array cache_events{
    received("event=0x35,umask=0xc8f3ff04", line_bytes),
    sent("event=0x35,umask=0xcc43ff04", line_bytes),
    sent("event=0x35,umask=0xcd43ff04", line_bytes),
};
// Only with the longer mask can it be told who asked. A part of a line counts as a whole one.
constexpr std::array cache_flavours{
    Flavour{.clue = {.file = "format/umask", .contains = ",32-5"},
            .origin = "lines that devices asked uncore_cha for",
            .events = cache_events,
            .confidence = Confidence::derived},
};

// ---- AMD's data fabric since Zen 4: what devices read from memory and write to it ----

constexpr std::array four_root_events{
    received("event=0x81f,umask=0x7fe", line_bytes),
    received("event=0x85f,umask=0x7fe", line_bytes),
    received("event=0x89f,umask=0x7fe", line_bytes),
    received("event=0x8df,umask=0x7fe", line_bytes),
    sent("event=0x81f,umask=0x7ff", line_bytes),
    sent("event=0x85f,umask=0x7ff", line_bytes),
    sent("event=0x89f,umask=0x7ff", line_bytes),
    sent("event=0x8df,umask=0x7ff", line_bytes),
};
constexpr std::array eight_root_events{
    four_root_events[0],
    four_root_events[1],
    four_root_events[2],
    four_root_events[3],
    received("event=0x91f,umask=0x7fe", line_bytes),
    received("event=0x95f,umask=0x7fe", line_bytes),
    received("event=0x99f,umask=0x7fe", line_bytes),
    received("event=0x9df,umask=0x7fe", line_bytes),
    four_root_events[4],
    four_root_events[5],
    four_root_events[6],
    four_root_events[7],
    sent("event=0x91f,umask=0x7ff", line_bytes),
    sent("event=0x95f,umask=0x7ff", line_bytes),
    sent("event=0x99f,umask=0x7ff", line_bytes),
    sent("event=0x9df,umask=0x7ff", line_bytes),
};
constexpr std::array fabric_flavours{
    Flavour{.clue = {.file = "sys/devices/system/cpu/modalias", .contains = "ven0002fam001A"},
            .origin = "upstream traffic in amd_df of Zen 5",
            .events = eight_root_events,
            .confidence = Confidence::derived},
    Flavour{.clue = {.file = "format/event", .contains = "32-37"},
            .origin = "upstream traffic in amd_df of Zen 4",
            .events = four_root_events,
            .confidence = Confidence::derived},
};

// A box interrupts a processor when it is read, and of some there is one for each core: too many to
// do so in every tick, or in the agent's own thread.
constexpr Duration unhurried = std::chrono::milliseconds(100);

}  // namespace

constinit const CounterKind uncore_iio{.name = "uncore_iio",
                                       .stem = "uncore_iio",
                                       .place = Place::Kind::package,
                                       .flavours = iio_flavours};

constinit const CounterKind uncore_iio_free_running{.name = "uncore_iio_free_running",
                                                    .stem = "uncore_iio_free_running",
                                                    .place = Place::Kind::package,
                                                    .flavours = free_flavours};

constinit const CounterKind uncore_cha{.name = "uncore_cha",
                                       .stem = "uncore_cha",
                                       .place = Place::Kind::package,
                                       .flavours = cache_flavours,
                                       .period = unhurried,
                                       .patience = Source::Patience::may_wait,
                                       .instead = "uncore_iio"};

constinit const CounterKind amd_df_upstream{.name = "amd_df_upstream",
                                            .stem = "amd_df",
                                            .place = Place::Kind::package,
                                            .flavours = fabric_flavours,
                                            .period = unhurried};

}  // namespace penstock::kinds
