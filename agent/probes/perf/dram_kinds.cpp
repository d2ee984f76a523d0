// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "agent/probes/perf/perf_kinds.h"

namespace penstock::kinds {
namespace {

constexpr double line_bytes = 64;  // What one column access of the DRAM moves.

// ---- AMD's memory controllers, one PMU for each channel (Zen 4 and later, Linux 6.8) ----

constexpr std::array umc_events{
    CountedEvent{
        .terms = "event=0x0a,rdwrmask=1", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{
        .terms = "event=0x0a,rdwrmask=2", .quantity = Quantity::dram_written, .unit = line_bytes},
    CountedEvent{.terms = "event=0x14", .quantity = Quantity::dram_slots},
    CountedEvent{.terms = "event=0x00", .quantity = Quantity::dram_clocks},
};
constexpr std::array umc_flavours{
    Flavour{.clue = {.file = "format/rdwrmask"}, .origin = "amd_umc", .events = umc_events},
};

// ---- Intel's memory controllers: servers and old clients share the name ----

// Up to Rocket Lake. Their events tell who asked since Linux 5.9.
constexpr std::array client_events{
    CountedEvent{.listed = "data_reads", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{.listed = "data_writes", .quantity = Quantity::dram_written, .unit = line_bytes},
    CountedEvent{.listed = "gt_requests",
                 .quantity = Quantity::dram_gpu,
                 .unit = line_bytes,
                 .optional = true},
    CountedEvent{.listed = "ia_requests",
                 .quantity = Quantity::dram_cpu,
                 .unit = line_bytes,
                 .optional = true},
    CountedEvent{.listed = "io_requests",
                 .quantity = Quantity::dram_io,
                 .unit = line_bytes,
                 .optional = true},
};
constexpr std::array server_events{
    CountedEvent{.listed = "cas_count_read", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{
        .listed = "cas_count_write", .quantity = Quantity::dram_written, .unit = line_bytes},
};
// Granite Rapids and Sierra Forest: each channel of DDR5 has two halves with an event each.
constexpr std::array halves_events{
    CountedEvent{
        .listed = "cas_count_read_sch0", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{
        .listed = "cas_count_read_sch1", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{
        .listed = "cas_count_write_sch0", .quantity = Quantity::dram_written, .unit = line_bytes},
    CountedEvent{
        .listed = "cas_count_write_sch1", .quantity = Quantity::dram_written, .unit = line_bytes},
};
// Before 2026 the kernel listed there only what it lists for Sapphire Rapids: one of the halves.
constexpr std::array unlisted_halves_events{
    CountedEvent{
        .terms = "event=0x05,umask=0xcf", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{
        .terms = "event=0x06,umask=0xcf", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{
        .terms = "event=0x05,umask=0xf0", .quantity = Quantity::dram_written, .unit = line_bytes},
    CountedEvent{
        .terms = "event=0x06,umask=0xf0", .quantity = Quantity::dram_written, .unit = line_bytes},
};
constexpr std::array imc_flavours{
    Flavour{.clue = {.file = "events/data_reads"},
            .origin = "uncore_imc of a client processor",
            .events = client_events},
    Flavour{.clue = {.file = "events/cas_count_read_sch0"},
            .origin = "uncore_imc, both halves of each channel",
            .events = halves_events},
    // Only processors with such halves have this box.
    Flavour{.clue = {.file = "sys/bus/event_source/devices/uncore_b2cmi_0/type"},
            .origin = "uncore_imc, both halves of each channel",
            .events = unlisted_halves_events},
    Flavour{
        .clue = {.file = "events/cas_count_read"}, .origin = "uncore_imc", .events = server_events},
};

// ---- Intel's counters that nobody programs ----

constexpr std::array free_server_events{
    CountedEvent{.listed = "read", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{.listed = "write", .quantity = Quantity::dram_written, .unit = line_bytes},
};
// Tiger Lake and later clients.
constexpr std::array free_client_events{
    CountedEvent{.listed = "data_read", .quantity = Quantity::dram_read, .unit = line_bytes},
    CountedEvent{.listed = "data_write", .quantity = Quantity::dram_written, .unit = line_bytes},
    CountedEvent{.listed = "data_total",
                 .quantity = Quantity::dram_total,
                 .unit = line_bytes,
                 .optional = true},
};
constexpr std::array free_flavours{
    Flavour{.clue = {.file = "events/data_read"},
            .origin = "uncore_imc_free_running of a client processor",
            .events = free_client_events},
    Flavour{.clue = {.file = "events/read"},
            .origin = "uncore_imc_free_running",
            .events = free_server_events},
};

// ---- AMD's data fabric before Zen 4: reads and writes of each channel together ----

constexpr CountedEvent fabric_channel(std::string_view terms) {
    return {.terms = terms, .quantity = Quantity::dram_total, .unit = line_bytes};
}

constexpr std::array fabric_events{
    fabric_channel("event=0x007,umask=0x38"),
    fabric_channel("event=0x047,umask=0x38"),
    fabric_channel("event=0x087,umask=0x38"),
    fabric_channel("event=0x0c7,umask=0x38"),
    fabric_channel("event=0x107,umask=0x38"),
    fabric_channel("event=0x147,umask=0x38"),
    fabric_channel("event=0x187,umask=0x38"),
    fabric_channel("event=0x1c7,umask=0x38"),
};
constexpr std::string_view processor_model = "sys/devices/system/cpu/modalias";
constexpr std::array fabric_flavours{
    Flavour{.clue = {.file = processor_model, .contains = "fam0017mod0031"},
            .origin = "amd_df of Zen 2",
            .events = fabric_events},
    Flavour{.clue = {.file = processor_model, .contains = "fam0019mod0001"},
            .origin = "amd_df of Zen 3",
            .events = fabric_events},
    // The events are documented for servers. What others count has not been compared, so nothing
    // may be throttled by it.
    Flavour{.clue = {.file = "format/event", .contains = "59-60"},
            .origin = "amd_df, unverified on this processor",
            .events = fabric_events,
            .confidence = Confidence::derived},
};

}  // namespace

// Kernels before 6.12.117 let these counters stop for good at 2^48, which clocks of 3 GHz reach
// within 24 hours; opened anew they start at 0.
constinit const CounterKind amd_umc{.name = "amd_umc",
                                    .stem = "amd_umc",
                                    .place = Place::Kind::memory_node,
                                    .flavours = umc_flavours,
                                    .renewed = std::chrono::hours(6)};

constinit const CounterKind uncore_imc{.name = "uncore_imc",
                                       .stem = "uncore_imc",
                                       .place = Place::Kind::memory_node,
                                       .flavours = imc_flavours};

constinit const CounterKind uncore_imc_free_running{.name = "uncore_imc_free_running",
                                                    .stem = "uncore_imc_free_running",
                                                    .place = Place::Kind::memory_node,
                                                    .flavours = free_flavours};

constinit const CounterKind amd_df{.name = "amd_df",
                                   .stem = "amd_df",
                                   .place = Place::Kind::memory_node,
                                   .flavours = fabric_flavours};

}  // namespace penstock::kinds
