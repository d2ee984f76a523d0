// SPDX-License-Identifier: Apache-2.0
//
// v1.9 is no structure: behind the header and a count follow attributes without gaps, each a word
// that says unit, type, name and number of instances, and then the instances.

#include <array>

#include "agent/probes/decode/metrics_walk.h"

namespace penstock::metrics {
namespace {

constexpr std::size_t count_offset = 4;
constexpr std::size_t count_bytes = 4;
constexpr std::size_t word_bytes = 8;
constexpr std::uint32_t most_attributes = 1024;  // As many names as the word can tell apart.

// By the attribute's number. Later kernels have moved the numbers that follow.
constexpr std::array<Field, 48> names{
    Field{.name = "temperature_hotspot", .unit = Unit::celsius, .into = &GpuMetrics::hotspot},
    Field{.name = "temperature_mem"},
    Field{.name = "temperature_vrsoc"},
    Field{.name = "curr_socket_power", .unit = Unit::watt, .into = &GpuMetrics::power_device},
    Field{.name = "average_gfx_activity", .unit = Unit::percent, .into = &GpuMetrics::busy},
    Field{.name = "average_umc_activity"},
    Field{.name = "mem_max_bandwidth"},
    Field{.name = "energy_accumulator", .unit = Unit::energy, .into = &GpuMetrics::energy},
    Field{.name = "system_clock_counter"},
    Field{.name = "accumulation_counter"},
    Field{.name = "prochot_residency_acc"},
    Field{.name = "ppt_residency_acc"},
    Field{.name = "socket_thm_residency_acc"},
    Field{.name = "vr_thm_residency_acc"},
    Field{.name = "hbm_thm_residency_acc"},
    Field{.name = "gfxclk_lock_status"},
    Field{.name = "pcie_link_width", .unit = Unit::lanes, .into = &GpuMetrics::link_width},
    Field{.name = "pcie_link_speed",
          .unit = Unit::tenth_gigatransfer,
          .into = &GpuMetrics::link_speed},
    Field{.name = "xgmi_link_width"},
    Field{.name = "xgmi_link_speed"},
    Field{.name = "gfx_activity_acc", .unit = Unit::count},
    Field{.name = "mem_activity_acc", .unit = Unit::count},
    Field{.name = "pcie_bandwidth_acc", .unit = Unit::count},
    Field{.name = "pcie_bandwidth_inst",
          .unit = Unit::gigabyte_rate,
          .into = &GpuMetrics::link_traffic},
    Field{.name = "pcie_l0_to_recov_count_acc"},
    Field{.name = "pcie_replay_count_acc"},
    Field{.name = "pcie_replay_rover_count_acc"},
    Field{.name = "pcie_nak_sent_count_acc"},
    Field{.name = "pcie_nak_rcvd_count_acc"},
    Field{.name = "xgmi_read_data_acc"},
    Field{.name = "xgmi_write_data_acc"},
    Field{.name = "xgmi_link_status"},
    Field{.name = "firmware_timestamp"},
    Field{.name = "current_gfxclk", .unit = Unit::megahertz, .into = &GpuMetrics::graphics_clock},
    Field{.name = "current_socclk"},
    Field{.name = "current_vclk0"},
    Field{.name = "current_dclk0"},
    Field{.name = "current_uclk", .unit = Unit::megahertz, .into = &GpuMetrics::memory_clock},
    Field{.name = "num_partition"},
    Field{.name = "pcie_lc_perf_other_end_recovery"},
    Field{.name = "gfx_busy_inst"},
    Field{.name = "jpeg_busy"},
    Field{.name = "vcn_busy"},
    Field{.name = "gfx_busy_acc", .unit = Unit::count},
    Field{.name = "gfx_below_host_limit_ppt_acc", .unit = Unit::count},
    Field{.name = "gfx_below_host_limit_thm_acc", .unit = Unit::count},
    Field{.name = "gfx_low_utilization_acc", .unit = Unit::count},
    Field{.name = "gfx_below_host_limit_total_acc", .unit = Unit::count},
};

// By the word's unit.
constexpr std::array units{
    Unit::count,
    Unit::megahertz,
    Unit::celsius,
    Unit::watt,
    Unit::nanosecond,
    Unit::ten_nanoseconds,
    Unit::gigatransfer,
    Unit::tenth_gigatransfer,
    Unit::gigabyte_rate,
    Unit::kilobyte,
    Unit::percent,
};

struct Word {
    explicit Word(std::uint64_t word)
        : unit(word >> 24 & 0xff),
          type(word >> 20 & 0xf),
          name(word >> 10 & 0x3ff),
          instances(word & 0x3ff),
          rest(word >> 32) {}

    [[nodiscard]] bool sound() const {
        constexpr std::uint64_t types = 8;
        return unit < units.size() && type < types && instances > 0 && rest == 0;
    }

    // u8, s8, u16, s16 and so on.
    [[nodiscard]] std::size_t width() const { return std::size_t{1} << type / 2; }

    [[nodiscard]] bool has_sign() const { return type % 2 != 0; }

    std::uint64_t unit;
    std::uint64_t type;
    std::uint64_t name;
    std::uint64_t instances;
    std::uint64_t rest;
};

// A figure that is told in a unit of something else is none: no clock is in watts.
Field in_unit_told(Field field, Unit told) {
    if (told != Unit::count && si_name(told) != si_name(field.unit)) {
        field.into = nullptr;
    }
    if (told != Unit::count) {
        field.unit = told;
    }
    return field;
}

Field field_of(const Word& word) {
    Field field = word.name < names.size() ? names[word.name] : Field{.name = "attribute"};
    // Sums of percentages are no percentages, and energy and lanes have no unit there.
    if (field.into != nullptr) {
        field = in_unit_told(field, units[word.unit]);
    } else if (field.unit == Unit::bits) {
        field.unit = units[word.unit];
    }
    field.width = static_cast<std::uint8_t>(word.width());
    field.times = static_cast<std::uint16_t>(word.instances);
    return field;
}

double as_number(std::uint64_t raw, const Word& word) {
    const std::uint64_t unused_bits = 64 - 8 * word.width();
    return word.has_sign()
               ? static_cast<double>(static_cast<std::int64_t>(raw << unused_bits) >> unused_bits)
               : static_cast<double>(raw);
}

}  // namespace

bool walk_attributes(std::string_view table, Visitor& visitor) {
    std::size_t at = count_offset + count_bytes;
    if (table.size() < at) {
        return false;
    }
    const std::uint64_t count = number_at(table, count_offset, count_bytes);
    if (count > most_attributes) {
        return false;
    }
    for (std::uint64_t each = 0; each < count; ++each) {
        if (table.size() - at < word_bytes) {
            return false;
        }
        const Word word(number_at(table, at, word_bytes));
        at += word_bytes;
        if (!word.sound() || (table.size() - at) / word.width() < word.instances) {
            return false;
        }
        const Field field = field_of(word);
        for (std::uint32_t index = 0; index < word.instances; ++index) {
            const std::uint64_t raw = number_at(table, at, word.width());
            at += word.width();
            const bool known = !all_ones(raw, word.width());
            visitor.see({.field = field,
                         .index = index,
                         .raw = raw,
                         .value = known ? in_si(field.unit, as_number(raw, word)) : std::nullopt,
                         .known = known});
        }
    }
    return at == table.size();
}

}  // namespace penstock::metrics
