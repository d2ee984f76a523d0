// SPDX-License-Identifier: Apache-2.0
//
// Platforms: PMUs of several processors as their kernels describe them.
//
// Synthesised: no recorded tree is public. The texts are those of the kernel's drivers
// (arch/x86/events of Linux 6.12), the types and processors are made up.

#pragma once

#include "tests/fakes/pmu_tree.h"

namespace penstock::fakes {

inline const NamedTexts intel_format{{"event", "config:0-7"}, {"umask", "config:8-15"}};

// The events "name" and "name.scale", "name.unit" as the kernel writes them for memory traffic.
inline void add_mebibytes(NamedTexts& events,
                          const std::string& name,
                          const std::string& terms,
                          const std::string& scale = "6.103515625e-5") {
    events.emplace_back(name, terms);
    events.emplace_back(name + ".scale", scale);
    events.emplace_back(name + ".unit", "MiB");
}

inline PmuTree imc(const std::string& read, const std::string& write) {
    PmuTree pmu{.name = "uncore_imc", .type = 20, .cpumask = "0,4", .format = intel_format};
    add_mebibytes(pmu.events, "cas_count_read", read);
    add_mebibytes(pmu.events, "cas_count_write", write);
    return pmu;
}

inline PmuTree skylake_imc() {
    return imc("event=0x04,umask=0x03", "event=0x04,umask=0x0c");
}

inline PmuTree ice_lake_imc() {
    return imc("event=0x04,umask=0x0f", "event=0x04,umask=0x30");
}

inline PmuTree sapphire_rapids_imc() {
    return imc("event=0x05,umask=0xcf", "event=0x05,umask=0xf0");
}

inline PmuTree granite_rapids_imc() {
    PmuTree pmu{.name = "uncore_imc", .type = 20, .cpumask = "0,4", .format = intel_format};
    add_mebibytes(pmu.events, "cas_count_read_sch0", "event=0x05,umask=0xcf");
    add_mebibytes(pmu.events, "cas_count_read_sch1", "event=0x06,umask=0xcf");
    add_mebibytes(pmu.events, "cas_count_write_sch0", "event=0x05,umask=0xf0");
    add_mebibytes(pmu.events, "cas_count_write_sch1", "event=0x06,umask=0xf0");
    return pmu;
}

inline PmuTree server_free_running_imc() {
    PmuTree pmu{.name = "uncore_imc_free_running",
                .type = 40,
                .cpumask = "0,4",
                .format = intel_format,
                .events = {{"dclk", "event=0xff,umask=0x10"}}};
    add_mebibytes(pmu.events, "read", "event=0xff,umask=0x20");
    add_mebibytes(pmu.events, "write", "event=0xff,umask=0x21");
    add_mebibytes(pmu.events, "ddrt_read", "event=0xff,umask=0x30");
    return pmu;
}

inline PmuTree rocket_lake_imc() {
    PmuTree pmu{
        .name = "uncore_imc", .type = 11, .cpumask = "0", .format = {{"event", "config:0-7"}}};
    add_mebibytes(pmu.events, "data_reads", "event=0x01");
    add_mebibytes(pmu.events, "data_writes", "event=0x02");
    add_mebibytes(pmu.events, "gt_requests", "event=0x03");
    add_mebibytes(pmu.events, "ia_requests", "event=0x04");
    add_mebibytes(pmu.events, "io_requests", "event=0x05");
    return pmu;
}

inline PmuTree tiger_lake_free_running_imc() {
    PmuTree pmu{
        .name = "uncore_imc_free_running", .type = 30, .cpumask = "0", .format = intel_format};
    add_mebibytes(pmu.events, "data_total", "event=0xff,umask=0x10");
    add_mebibytes(pmu.events, "data_read", "event=0xff,umask=0x20");
    add_mebibytes(pmu.events, "data_write", "event=0xff,umask=0x30");
    return pmu;
}

inline PmuTree genoa_umc() {
    return {.name = "amd_umc",
            .type = 15,
            .cpumask = "0",
            .format = {{"event", "config:0-7"}, {"rdwrmask", "config:8-9"}}};
}

inline PmuTree zen2_df() {
    return {.name = "amd_df",
            .type = 12,
            .cpumask = "0,4",
            .format = {{"event", "config:0-7,32-35,59-60"}, {"umask", "config:8-15"}}};
}

inline PmuTree zen4_df() {
    return {.name = "amd_df",
            .type = 12,
            .cpumask = "0,4",
            .format = {{"event", "config:0-7,32-37"}, {"umask", "config:8-15,24-27"}}};
}

inline PmuTree io_stack(const std::string& ch_mask, const std::string& fc_mask) {
    return {.name = "uncore_iio",
            .type = 60,
            .cpumask = "0,4",
            .format = {{"event", "config:0-7"},
                       {"umask", "config:8-15"},
                       {"ch_mask", ch_mask},
                       {"fc_mask", fc_mask}}};
}

// `outward` is the mask of bw_out_port0; "" where the kernel lists none.
inline PmuTree free_running_io(int ports, const std::string& outward, const std::string& scale) {
    PmuTree pmu{.name = "uncore_iio_free_running",
                .type = 70,
                .cpumask = "0",
                .format = intel_format,
                .events = {{"ioclk", "event=0xff,umask=0x10"}}};
    for (int port = 0; port < ports; ++port) {
        const std::string number = std::to_string(port);
        add_mebibytes(pmu.events, "bw_in_port" + number, "event=0xff,umask=0x2" + number, scale);
        if (outward == "0x24") {
            add_mebibytes(pmu.events,
                          "bw_out_port" + number,
                          "event=0xff,umask=0x2" + std::to_string(port + 4),
                          scale);
        } else if (outward == "0x30") {
            add_mebibytes(
                pmu.events, "bw_out_port" + number, "event=0xff,umask=0x3" + number, scale);
        }
    }
    return pmu;
}

inline PmuTree cache_boxes() {
    return {.name = "uncore_cha",
            .type = 80,
            .cpumask = "0,4",
            .format = {{"event", "config:0-7"}, {"umask", "config:8-15,32-57"}}};
}

inline PmuTree rapl() {
    PmuTree pmu{.name = "power", .type = 17, .cpumask = "0,4", .format = {{"event", "config:0-7"}}};
    for (const auto& [name, terms] : NamedTexts{{"energy-cores", "event=0x01"},
                                                {"energy-pkg", "event=0x02"},
                                                {"energy-ram", "event=0x03"}}) {
        pmu.events.emplace_back(name, terms);
        pmu.events.emplace_back(name + ".scale", "2.3283064365386962890625e-10");
        pmu.events.emplace_back(name + ".unit", "Joules");
    }
    return pmu;
}

inline PmuTree msr_pmu() {
    return {.name = "msr",
            .type = 9,
            .format = {{"event", "config:0-63"}},
            .events = {{"tsc", "event=0x00"}}};
}

}  // namespace penstock::fakes
