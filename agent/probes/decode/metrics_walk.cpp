// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/decode/metrics_walk.h"

#include <algorithm>

#include "agent/probes/decode/metrics_layouts.h"

namespace penstock::metrics {
namespace {

constexpr std::size_t header_bytes = 4;  // u16 structure_size, u8 format, u8 content.
constexpr MetricsVersion of_attributes{.format = 1, .content = 9};
constexpr std::uint64_t byte_bits = 8;

std::span<const Layout> layouts_of(std::uint8_t format, std::uint8_t content) {
    constexpr std::uint8_t first_instinct = 4;
    if (format != 1) {
        return apu_layouts();
    }
    return content < first_instinct ? discrete_layouts() : instinct_layouts();
}

// Renoir's firmware gives milliwatts or, where it is newer, watts; nothing in the table tells
// which. But no socket runs on so few milliwatts, and hardly one on more watts.
bool may_be_watts(std::string_view table, const Layout& layout) {
    constexpr MetricsVersion first_with_units{.format = 2, .content = 4};
    constexpr std::uint64_t fewest_milliwatts = 150;
    if (layout.version.format != first_with_units.format ||
        layout.version.content >= first_with_units.content) {
        return false;
    }
    const std::span fields(layout.fields, layout.field_count);
    const auto socket = std::ranges::find(fields, &GpuMetrics::power_device, &Field::into);
    return socket != fields.end() &&
           number_at(table, socket->offset, socket->width) < fewest_milliwatts;
}

void walk_layout(std::string_view table, const Layout& layout, Visitor& visitor) {
    const bool unclear_power = may_be_watts(table, layout);
    for (const Field& field : std::span(layout.fields, layout.field_count)) {
        if (field.unit == Unit::padding) {
            continue;
        }
        for (std::uint32_t index = 0; index < field.times; ++index) {
            const std::size_t offset = field.offset + (std::size_t{index} * field.width);
            const std::uint64_t raw = number_at(table, offset, field.width);
            const bool unclear = unclear_power && field.unit == Unit::milliwatt;
            const bool known = !unclear && !all_ones(raw, field.width);
            visitor.see(
                {.field = field,
                 .index = index,
                 .raw = raw,
                 .value = known ? in_si(field.unit, static_cast<double>(raw)) : std::nullopt,
                 .known = known});
        }
    }
}

}  // namespace

const Layout* find_layout(MetricsVersion version) {
    const std::span<const Layout> layouts = layouts_of(version.format, version.content);
    const auto found = std::ranges::find(layouts, version, &Layout::version);
    return found != layouts.end() ? &*found : nullptr;
}

std::uint64_t number_at(std::string_view file, std::size_t offset, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t each = width; each > 0; --each) {
        value = value << byte_bits | static_cast<std::uint8_t>(file[offset + each - 1]);
    }
    return value;
}

bool all_ones(std::uint64_t raw, std::size_t width) {
    return width > 0 && width <= sizeof(raw) &&
           raw == ~std::uint64_t{0} >> (byte_bits * (sizeof(raw) - width));
}

std::expected<MetricsVersion, MetricsFault> walk(std::string_view file, Visitor& visitor) {
    MetricsFault fault{.bytes = file.size()};
    if (file.size() < header_bytes) {
        return std::unexpected(fault);
    }
    fault.claimed = number_at(file, 0, 2);
    fault.version = {.format = static_cast<std::uint8_t>(file[2]),
                     .content = static_cast<std::uint8_t>(file[3])};
    const auto because = [&](MetricsFault::Kind kind) {
        fault.kind = kind;
        return std::unexpected(fault);
    };
    // The kernel may pad the file, but a table longer than the file was cut.
    if (fault.claimed < header_bytes) {
        return because(MetricsFault::Kind::no_header);
    }
    if (fault.claimed > file.size()) {
        return because(MetricsFault::Kind::cut_short);
    }
    const std::string_view table = file.substr(0, fault.claimed);
    if (fault.version == of_attributes) {
        if (!walk_attributes(table, visitor)) {
            return because(MetricsFault::Kind::odd_attributes);
        }
        return fault.version;
    }
    const Layout* layout = find_layout(fault.version);
    if (layout == nullptr) {
        return because(MetricsFault::Kind::unknown_format);
    }
    if (layout->bytes != fault.claimed) {
        return because(MetricsFault::Kind::odd_size);
    }
    walk_layout(table, *layout, visitor);
    return fault.version;
}

}  // namespace penstock::metrics
