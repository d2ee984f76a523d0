// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cerrno>

#include "agent/probes/decode/gpu_metrics.h"
#include "agent/probes/decode/pcie.h"
#include "agent/probes/gpu/device_power.h"
#include "agent/probes/gpu/gpu_sources.h"

namespace penstock {
namespace {

// An APU's memory and processors are the machine's: one node and one package, because no AMD APU
// spans several.
constexpr Place apu_memory = memory_node(0);
constexpr Place apu_package = package(0);

// The second where only that is known.
const Metric& either(const Metric& first, const Metric& second) {
    const bool second_is_better = !first.in_format || (!first.value && second.value);
    return second_is_better ? second : first;
}

// The firmware averages over about as long; asking it more often only takes its time.
constexpr Duration shortest_period = std::chrono::milliseconds(100);

class GpuMetricsSource final : public Source {
  public:
    GpuMetricsSource(const DevicePlace& device, Duration period)
        : device_(device),
          folder_(device.render_path + "/device"),
          name_("gpu_metrics " + std::to_string(device.gpu.value)),
          period_(std::max(period, shortest_period)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }

    [[nodiscard]] Pace pace() const override {
        return {.period = period_, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    std::expected<std::string_view, int> content();
    Opened settle(const GpuMetrics& metrics);
    void add(const GpuMetrics& metrics, Readings& into) const;
    void add_levels(const GpuMetrics& metrics, Readings& into) const;
    void add_energy(const GpuMetrics& metrics, Readings& into) const;
    void add_link(const GpuMetrics& metrics, Readings& into) const;
    void put(Place place, Quantity quantity, const Metric& metric, Readings& into) const;
    void lose(const Origin& why, Readings& into) const;
    void stumble(int error, const MetricsFault& fault, Readings& into);

    // Before, the kernel does not say in which unit; that it is the same is likely.
    [[nodiscard]] bool has_documented_energy() const { return seen_.version.content >= 4; }

    [[nodiscard]] Place own() const { return place_of(device_.gpu); }

    DevicePlace device_;
    std::string folder_;
    std::string name_;
    Duration period_;
    std::unique_ptr<OpenFile> file_{};
    DevicePower power_{};
    GpuMetrics seen_{};  // Which metrics the format has, and no values.
    bool wide_energy_ = false;
    Testimony by_{};
    Origin no_value_{};
    Origin energy_origin_{};
    Origin link_origin_{};
    Origin one_sum_{};
    int failure_ = 0;
    MetricsFault fault_{};
    Origin trouble_{};
    SourceId self_{};
    std::array<char, longest_gpu_metrics> bytes_{};
};

Opened GpuMetricsSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    self_ = self;
    by_ = {.emulated = around.emulated, .valid_for = holds_for(pace())};
    wide_energy_ = false;
    if (device_.render_path.empty()) {
        return Absent{"the device has no render node, and so no gpu_metrics"};
    }
    power_.open(machine, folder_);
    if (power_.asleep()) {
        return Later{DevicePower::sleeps};
    }
    auto file = machine.open(folder_ + "/gpu_metrics");
    if (!file) {
        return standing_after(file.error());
    }
    file_ = std::move(*file);
    const auto bytes = content();
    if (!bytes) {
        return standing_after({.code = bytes.error(), .doing = "read gpu_metrics"});
    }
    const auto metrics = decode_gpu_metrics(*bytes);
    if (!metrics) {
        // A device that is being reset may give nothing, or less than a table.
        const MetricsFault& fault = metrics.error();
        const bool may_pass = fault.kind == MetricsFault::Kind::no_header ||
                              fault.kind == MetricsFault::Kind::cut_short;
        return may_pass ? Opened(Later{fault.sentence()}) : Opened(Absent{fault.sentence()});
    }
    return settle(*metrics);
}

Opened GpuMetricsSource::settle(const GpuMetrics& metrics) {
    seen_ = metrics;
    const std::string table = "gpu_metrics " + spelled(metrics.version);
    by_.origin = table;
    no_value_ = table + " has no value for it on this device";
    energy_origin_ = table + (has_documented_energy() ? "" : ", in the unit that v1.4 documents");
    link_origin_ = table + ", from speed and width";
    one_sum_ = table + " has only one sum over both directions of the link";
    std::string what = "temperature, load and power of the device";
    if (metrics.energy.in_format) {
        what += ", its energy";
    }
    if (metrics.dram_read.in_format) {
        what += ", DRAM traffic of memory node 0";
    }
    return Available{what + ", from " + table};
}

std::expected<std::string_view, int> GpuMetricsSource::content() {
    const auto length = file_->read(bytes_);
    if (!length) {
        return std::unexpected(length.error());
    }
    return std::string_view(bytes_.data(), *length);
}

void GpuMetricsSource::put(Place place,
                           Quantity quantity,
                           const Metric& metric,
                           Readings& into) const {
    if (!metric.in_format) {
        return;
    }
    LevelReading reading{.subject = {.place = place, .quantity = quantity, .source = self_},
                         .by = by_,
                         .value = metric.value};
    if (!metric.value) {
        reading.by.origin = no_value_;
    }
    into.levels.push_back(std::move(reading));
}

void GpuMetricsSource::add_levels(const GpuMetrics& metrics, Readings& into) const {
    put(apu_memory, Quantity::dram_read, metrics.dram_read, into);
    put(apu_memory, Quantity::dram_written, metrics.dram_written, into);
    put(apu_package, Quantity::power_cores, metrics.power_cores, into);
    put(apu_package, Quantity::power_graphics, metrics.power_graphics, into);
    put(own(), Quantity::power_device, either(metrics.power_device, metrics.power_socket), into);
    put(own(), Quantity::busy, metrics.busy, into);
    put(own(), Quantity::temperature, either(metrics.temperature, metrics.hotspot), into);
}

// Firmware of cards counts in 32 bits, that of accelerators in 64: a count that once had more bits
// is one of the latter. 0 is what firmware writes that does not count at all.
void GpuMetricsSource::add_energy(const GpuMetrics& metrics, Readings& into) const {
    if (!metrics.energy.in_format) {
        return;
    }
    constexpr std::uint8_t narrow_bits = 32;
    constexpr std::uint8_t wide_bits = 64;
    CounterReading reading{
        .subject = {.place = own(), .quantity = Quantity::energy_device, .source = self_},
        .by = by_,
        .count = metrics.energy_count,
        .unit = energy_unit,
        .bits = wide_energy_ ? wide_bits : narrow_bits};
    reading.by.origin = energy_origin_;
    reading.by.confidence = has_documented_energy() ? Confidence::counter : Confidence::derived;
    if (reading.count == 0) {
        reading.count.reset();
    }
    if (!reading.count) {
        reading.by.origin = no_value_;
    }
    into.counters.push_back(std::move(reading));
}

// The sum of both directions would be false for either of them.
void GpuMetricsSource::add_link(const GpuMetrics& metrics, Readings& into) const {
    if (metrics.link_width.in_format && !device_.apu) {
        const auto rate =
            metrics.link_speed.value ? lane_rate(*metrics.link_speed.value) : std::nullopt;
        const auto lanes =
            metrics.link_width.value ? link_width(*metrics.link_width.value) : std::nullopt;
        LevelReading reading{
            .subject = {.place = own(), .quantity = Quantity::link_capacity, .source = self_},
            .by = by_};
        reading.by.origin = no_value_;
        if (rate && lanes) {
            reading.value = *rate * *lanes;
            reading.by.origin = link_origin_;
            reading.by.confidence = Confidence::derived;
        }
        into.levels.push_back(std::move(reading));
    }
    if (metrics.link_traffic.in_format) {
        for (const Quantity direction : {Quantity::link_received, Quantity::link_sent}) {
            LevelReading reading{
                .subject = {.place = own(), .quantity = direction, .source = self_}, .by = by_};
            reading.by.origin = one_sum_;
            into.levels.push_back(std::move(reading));
        }
    }
}

void GpuMetricsSource::add(const GpuMetrics& metrics, Readings& into) const {
    add_levels(metrics, into);
    add_energy(metrics, into);
    add_link(metrics, into);
}

// Everything that it measures becomes unknown.
void GpuMetricsSource::lose(const Origin& why, Readings& into) const {
    const std::size_t first_level = into.levels.size();
    const std::size_t first_counter = into.counters.size();
    add(seen_, into);
    for (std::size_t each = first_level; each < into.levels.size(); ++each) {
        into.levels[each].value.reset();
        into.levels[each].by.origin = why;
    }
    for (std::size_t each = first_counter; each < into.counters.size(); ++each) {
        into.counters[each].count.reset();
        into.counters[each].by.origin = why;
    }
}

void GpuMetricsSource::stumble(int error, const MetricsFault& fault, Readings& into) {
    if (error != failure_ || fault != fault_ || trouble_ == Origin{}) {
        failure_ = error;
        fault_ = fault;
        trouble_ = error != 0 ? Error{.code = error, .doing = "read gpu_metrics"}.message()
                              : fault.sentence();
    }
    lose(trouble_, into);
}

bool GpuMetricsSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    if (power_.asleep()) {
        lose(DevicePower::sleeps, into);
        return true;
    }
    const auto bytes = content();
    if (!bytes) {
        if (is_gone(bytes.error())) {
            return false;
        }
        stumble(bytes.error(), {}, into);
        return true;
    }
    const auto metrics = decode_gpu_metrics(*bytes);
    if (!metrics) {
        stumble(0, metrics.error(), into);
        return true;
    }
    if (metrics->version != seen_.version) {
        return false;
    }
    constexpr unsigned narrow_bits = 32;
    wide_energy_ = wide_energy_ || (metrics->energy_count.value_or(0) >> narrow_bits) != 0;
    add(*metrics, into);
    return true;
}

}  // namespace

std::unique_ptr<Source> make_gpu_metrics(const SourceSettings& settings,
                                         const DevicePlace& device) {
    return std::make_unique<GpuMetricsSource>(device, settings.period);
}

}  // namespace penstock
