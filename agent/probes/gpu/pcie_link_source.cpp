// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "agent/probes/decode/pcie.h"
#include "agent/probes/gpu/device_power.h"
#include "agent/probes/gpu/gpu_sources.h"

namespace penstock {
namespace {

constexpr std::size_t longest_text = 64;

// One link on the way to the processor, as the device at its lower end shows it.
struct Hop {
    std::unique_ptr<OpenFile> speed{};
    std::unique_ptr<OpenFile> width{};

    // Bytes per second in one direction; an errno, or 0 for texts that say nothing.
    std::expected<double, int> capacity() {
        std::array<char, longest_text> text{};
        const auto speed_length = speed->read(text);
        if (!speed_length) {
            return std::unexpected(speed_length.error());
        }
        const auto rate = decode_lane_rate({text.data(), *speed_length});
        const auto width_length = width->read(text);
        if (!width_length) {
            return std::unexpected(width_length.error());
        }
        const auto lanes = decode_link_width({text.data(), *width_length});
        return rate && lanes ? std::expected<double, int>(*rate * *lanes) : std::unexpected(0);
    }
};

// A card has a switch of its own, so the link of the device itself is often one within the card and
// wider than the slot. What counts is the narrowest on the way up.
class PcieLinkSource final : public Source {
  public:
    explicit PcieLinkSource(const DevicePlace& device)
        : device_(device),
          folder_(device.render_path + "/device"),
          name_("pcie_link " + std::to_string(device.gpu.value)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }

    // Links change their speed to save power, and not often; the config space is slow.
    [[nodiscard]] Pace pace() const override {
        return {.period = std::chrono::seconds(2), .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    static constexpr std::size_t most_hops = 8;

    Result<> open_hops(Machine& machine);
    std::expected<double, int> capacity();
    void put(const std::optional<double>& capacity, const Origin& origin, Readings& into);

    DevicePlace device_;
    std::string folder_;
    std::string name_;
    std::vector<Hop> hops_{};
    DevicePower power_{};
    Testimony by_{};
    SourceId self_{};
    int failure_ = 0;
    Origin trouble_{};
};

Result<> PcieLinkSource::open_hops(Machine& machine) {
    hops_.clear();
    std::string folder = folder_;
    while (hops_.size() < most_hops) {
        auto speed = machine.open(folder + "/current_link_speed");
        auto width = machine.open(folder + "/current_link_width");
        if (!speed || !width) {
            // The root has none, and that is where the way ends.
            return hops_.empty() ? std::unexpected(std::move(speed ? width : speed).error())
                                 : Result<>{};
        }
        hops_.push_back({.speed = std::move(*speed), .width = std::move(*width)});
        folder += "/..";
    }
    return {};
}

Opened PcieLinkSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    self_ = self;
    by_ = {.confidence = Confidence::derived,
           .emulated = around.emulated,
           .valid_for = holds_for(pace())};
    if (device_.render_path.empty()) {
        return Absent{"the device has no render node, and so no link in sysfs"};
    }
    if (device_.apu) {
        return Absent{"an APU has no link between itself and the memory"};
    }
    power_.open(machine, folder_);
    if (power_.asleep()) {
        return Later{DevicePower::sleeps};
    }
    if (Result<> opened = open_hops(machine); !opened) {
        return standing_after(opened.error());
    }
    const auto found = capacity();
    if (!found && found.error() != 0) {
        return standing_after({.code = found.error(), .doing = "read the link of the device"});
    }
    if (!found) {
        return Later{"the kernel does not know the speed or the width of the link"};
    }
    return Available{"what the device's link can carry, from its speed and width"};
}

std::expected<double, int> PcieLinkSource::capacity() {
    auto narrowest = hops_.front().capacity();
    for (std::size_t each = 1; each < hops_.size() && narrowest; ++each) {
        // A bridge that says nothing of its link does not limit what is known of the others.
        if (const auto next = hops_[each].capacity(); next) {
            narrowest = std::min(*narrowest, *next);
        }
    }
    return narrowest;
}

void PcieLinkSource::put(const std::optional<double>& capacity,
                         const Origin& origin,
                         Readings& into) {
    by_.origin = origin;
    into.levels.push_back({.subject = {.place = place_of(device_.gpu),
                                       .quantity = Quantity::link_capacity,
                                       .source = self_},
                           .by = by_,
                           .value = capacity});
}

bool PcieLinkSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    if (power_.asleep()) {
        put(std::nullopt, DevicePower::sleeps, into);
        return true;
    }
    const auto found = capacity();
    if (found) {
        put(*found, "the link's speed and width, less its line code", into);
        return true;
    }
    if (is_gone(found.error())) {
        return false;
    }
    if (found.error() == 0) {
        put(std::nullopt, "the kernel does not know the speed or the width of the link", into);
        return true;
    }
    if (found.error() != failure_) {
        failure_ = found.error();
        trouble_ = Error{.code = failure_, .doing = "read the link of the device"}.message();
    }
    put(std::nullopt, trouble_, into);
    return true;
}

}  // namespace

std::unique_ptr<Source> make_pcie_link(const SourceSettings& settings, const DevicePlace& device) {
    static_cast<void>(settings);
    return std::make_unique<PcieLinkSource>(device);
}

}  // namespace penstock
