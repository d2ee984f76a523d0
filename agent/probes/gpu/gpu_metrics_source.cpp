// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/gpu_metrics_source.h"

#include <array>
#include <cerrno>

#include "agent/probes/gpu/gpu_metrics.h"

namespace penstock {
namespace {

constexpr std::size_t longest_metrics = 4096;

// An APU's memory is the machine's: one node, because no AMD APU spans several.
constexpr Place apu_memory = memory_node(0);

class GpuMetricsSource final : public Source {
  public:
    GpuMetricsSource(const DevicePlace& device, Duration period)
        : device_(device),
          name_("gpu_metrics " + std::to_string(device.gpu.value)),
          period_(period) {}

    [[nodiscard]] std::string_view name() const override { return name_; }

    [[nodiscard]] Pace pace() const override {
        return {.period = period_, .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    std::expected<std::string_view, int> content();
    void add(Quantity quantity, const std::optional<BytesPerSecond>& rate, Readings& into) const;

    DevicePlace device_;
    std::string name_;
    Duration period_;
    std::unique_ptr<OpenFile> file_{};
    Testimony by_{};
    SourceId self_{};
    std::array<char, longest_metrics> bytes_{};
};

Opened GpuMetricsSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    self_ = self;
    by_ = {
        .origin = "gpu_metrics v3.0", .emulated = around.emulated, .valid_for = holds_for(pace())};
    auto file = machine.open(device_.render_path + "/device/gpu_metrics");
    if (!file) {
        return Absent{file.error().message()};
    }
    file_ = std::move(*file);
    const auto bytes = content();
    if (!bytes) {
        return Absent{Error{.code = bytes.error(), .doing = "read gpu_metrics"}.message()};
    }
    if (const auto traffic = decode_dram_traffic(*bytes); !traffic) {
        return Absent{traffic.error().message()};
    }
    return Available{"DRAM traffic of memory node 0, from gpu_metrics v3.0"};
}

std::expected<std::string_view, int> GpuMetricsSource::content() {
    const auto length = file_->read(bytes_);
    if (!length) {
        return std::unexpected(length.error());
    }
    return std::string_view(bytes_.data(), *length);
}

void GpuMetricsSource::add(Quantity quantity,
                           const std::optional<BytesPerSecond>& rate,
                           Readings& into) const {
    LevelReading reading{.subject = {.place = apu_memory, .quantity = quantity, .source = self_},
                         .by = by_};
    if (rate) {
        reading.value = static_cast<double>(rate->value);
    } else {
        reading.by.origin = "gpu_metrics v3.0 has no value for it on this device";
    }
    into.levels.push_back(std::move(reading));
}

bool GpuMetricsSource::read(TimePoint now, Readings& into) {
    const auto bytes = content();
    const auto traffic =
        bytes ? decode_dram_traffic(*bytes) : fail(bytes.error(), "read gpu_metrics");
    if (!traffic) {
        return false;
    }
    by_.taken = now;
    add(Quantity::dram_read, traffic->read, into);
    add(Quantity::dram_written, traffic->written, into);
    return true;
}

}  // namespace

std::unique_ptr<Source> make_gpu_metrics(const SourceSettings& settings,
                                         const DevicePlace& device) {
    return std::make_unique<GpuMetricsSource>(device, settings.period);
}

}  // namespace penstock
