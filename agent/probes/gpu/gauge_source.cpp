// SPDX-License-Identifier: Apache-2.0
//
// The sources of a device that are nothing but numbers in files.

#include <array>
#include <optional>
#include <span>

#include "agent/probes/gpu/device_power.h"
#include "agent/probes/gpu/gauge.h"
#include "agent/probes/gpu/gpu_sources.h"

namespace penstock {
namespace {

// More than any device has; a larger number is of something else.
constexpr std::int64_t most_bytes = std::int64_t{1} << 50;
constexpr std::int64_t most_microwatts = 20'000'000'000;
constexpr std::int64_t coldest_millidegrees = -100'000;
constexpr std::int64_t hottest_millidegrees = 200'000;
constexpr std::int64_t most_microjoules = std::int64_t{1} << 62;

constexpr std::array driver_files{
    GaugeKind{.file = "mem_info_vram_used", .quantity = Quantity::vram_used, .most = most_bytes},
    GaugeKind{
        .file = "mem_info_vram_total", .quantity = Quantity::vram_capacity, .most = most_bytes},
    GaugeKind{.file = "mem_info_gtt_used", .quantity = Quantity::gtt_used, .most = most_bytes},
    GaugeKind{.file = "mem_info_gtt_total", .quantity = Quantity::gtt_capacity, .most = most_bytes},
    GaugeKind{.file = "gpu_busy_percent", .quantity = Quantity::busy, .unit = 1e-2, .most = 100},
};

// Of two that measure the same, the first that is there.
constexpr std::array sensor_files{
    GaugeKind{.file = "power1_average",
              .quantity = Quantity::power_device,
              .unit = 1e-6,
              .most = most_microwatts},
    GaugeKind{.file = "power1_input",
              .quantity = Quantity::power_device,
              .unit = 1e-6,
              .most = most_microwatts},
    GaugeKind{.file = "temp1_input",
              .quantity = Quantity::temperature,
              .unit = 1e-3,
              .least = coldest_millidegrees,
              .most = hottest_millidegrees},
    GaugeKind{.file = "energy1_input",
              .quantity = Quantity::energy_device,
              .unit = 1e-6,
              .counts = true,
              .most = most_microjoules},
};

// Where the files are, below the device's folder.
using Find = Result<std::string> (*)(Machine& machine, const std::string& device);

Result<std::string> in_device(Machine& machine, const std::string& device) {
    static_cast<void>(machine);
    return device;
}

Result<std::string> in_hwmon(Machine& machine, const std::string& device) {
    const std::string sensors = device + "/hwmon";
    const Result<std::vector<std::string>> names = machine.list(sensors);
    if (!names) {
        return std::unexpected(names.error());
    }
    for (const std::string& name : *names) {
        if (name.starts_with("hwmon")) {
            return sensors + "/" + name;
        }
    }
    return fail("there is no sensor in " + sensors);
}

struct GaugeSourceKind {
    std::string_view name{};
    std::span<const GaugeKind> files{};
    Find find = nullptr;
};

class GaugeSource final : public Source {
  public:
    GaugeSource(const DevicePlace& device, const GaugeSourceKind& kind)
        : device_(device),
          kind_(kind),
          folder_(device.render_path + "/device"),
          name_(std::string(kind.name) + " " + std::to_string(device.gpu.value)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }

    // Firmware that is asked may take a millisecond, and averages over longer than this.
    [[nodiscard]] Pace pace() const override {
        return {.period = std::chrono::milliseconds(250), .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    DevicePlace device_;
    GaugeSourceKind kind_;
    std::string folder_;
    std::string name_;
    GaugeSet gauges_{};
    DevicePower power_{};
    Testimony by_{};
};

Opened GaugeSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    by_ = {.emulated = around.emulated, .valid_for = holds_for(pace())};
    gauges_.clear();
    if (device_.render_path.empty()) {
        return Absent{"the device has no render node to be found by in sysfs"};
    }
    power_.open(machine, folder_);
    if (power_.asleep()) {
        return Later{DevicePower::sleeps};
    }
    const Result<std::string> place = kind_.find(machine, folder_);
    if (!place) {
        return standing_after(place.error());
    }
    by_.origin = *place;
    std::string what;
    std::optional<Error> last;
    std::optional<Quantity> found;
    for (const GaugeKind& file : kind_.files) {
        if (found == file.quantity) {
            continue;
        }
        Result<> added = gauges_.add(machine,
                                     *place + "/" + std::string(file.file),
                                     file,
                                     {.place = place_of(device_.gpu), .source = self});
        if (!added) {
            last = std::move(added).error();
            continue;
        }
        found = file.quantity;
        what += (what.empty() ? "" : ", ") + std::string(file.file);
    }
    return gauges_.empty() ? standing_after(last.value_or(Error{})) : Opened(Available{what});
}

bool GaugeSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    if (power_.asleep()) {
        gauges_.lose(by_, DevicePower::sleeps, into);
        return true;
    }
    return gauges_.read(by_, into);
}

}  // namespace

std::unique_ptr<Source> make_amdgpu_sysfs(const SourceSettings& settings,
                                          const DevicePlace& device) {
    static_cast<void>(settings);
    return std::make_unique<GaugeSource>(
        device, GaugeSourceKind{.name = "amdgpu_sysfs", .files = driver_files, .find = in_device});
}

std::unique_ptr<Source> make_hwmon(const SourceSettings& settings, const DevicePlace& device) {
    static_cast<void>(settings);
    return std::make_unique<GaugeSource>(
        device, GaugeSourceKind{.name = "hwmon", .files = sensor_files, .find = in_hwmon});
}

}  // namespace penstock
