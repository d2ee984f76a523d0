// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/gauge.h"

#include <array>
#include <cerrno>
#include <optional>

#include "agent/probes/gpu/device_power.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr std::size_t longest_number = 64;

// EINVAL for a text that is no number in bounds.
std::expected<std::int64_t, int> number_in(OpenFile& file, const GaugeKind& kind) {
    std::array<char, longest_number> text{};
    const auto length = file.read(text);
    if (!length) {
        return std::unexpected(length.error());
    }
    const auto number = parse_number<std::int64_t>(trimmed({text.data(), *length}));
    if (!number || *number < kind.least || *number > kind.most) {
        return std::unexpected(EINVAL);
    }
    return *number;
}

void put(const GaugeKind& kind,
         const Subject& subject,
         const Testimony& by,
         const std::optional<std::int64_t>& number,
         Readings& into) {
    if (kind.counts) {
        CounterReading reading{.subject = subject, .by = by, .unit = kind.unit};
        if (number) {
            reading.count = static_cast<std::uint64_t>(*number);
        }
        into.counters.push_back(std::move(reading));
        return;
    }
    LevelReading reading{.subject = subject, .by = by};
    if (number) {
        reading.value = static_cast<double>(*number) * kind.unit;
    }
    into.levels.push_back(std::move(reading));
}

std::string trouble_with(const std::string& path, int failure) {
    return failure == EINVAL ? path + " holds no number that can be"
                             : Error{.code = failure, .doing = "read " + path}.message();
}

}  // namespace

Result<> GaugeSet::add(Machine& machine,
                       const std::string& path,
                       const GaugeKind& kind,
                       const Subject& subject) {
    Gauge gauge{.kind = kind, .subject = subject, .path = path};
    gauge.subject.quantity = kind.quantity;
    auto file = machine.open(gauge.path);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    gauge.file = std::move(*file);
    if (const auto number = number_in(*gauge.file, kind); !number && !may_pass(number.error())) {
        return number.error() == EINVAL ? fail(trouble_with(path, EINVAL))
                                        : fail(number.error(), "read " + path);
    }
    gauges_.push_back(std::move(gauge));
    return {};
}

bool GaugeSet::read(const Testimony& by, Readings& into) {
    for (Gauge& gauge : gauges_) {
        const auto number = number_in(*gauge.file, gauge.kind);
        if (number) {
            put(gauge.kind, gauge.subject, by, *number, into);
            continue;
        }
        if (is_gone(number.error())) {
            return false;
        }
        if (gauge.failure != number.error()) {
            gauge.failure = number.error();
            gauge.trouble = trouble_with(gauge.path, gauge.failure);
        }
        Testimony lost = by;
        lost.origin = gauge.trouble;
        put(gauge.kind, gauge.subject, lost, std::nullopt, into);
    }
    return true;
}

void GaugeSet::lose(const Testimony& by, const Origin& why, Readings& into) const {
    Testimony lost = by;
    lost.origin = why;
    for (const Gauge& gauge : gauges_) {
        put(gauge.kind, gauge.subject, lost, std::nullopt, into);
    }
}

}  // namespace penstock
