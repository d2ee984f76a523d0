// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cerrno>

#include "agent/probes/decode/pcie.h"
#include "agent/probes/gpu/device_power.h"
#include "agent/probes/gpu/gpu_sources.h"

namespace penstock {
namespace {

constexpr std::size_t longest_counts = 4096;  // Some devices give a whole page of NULs.

// How full the packets were is not counted, so these rates are upper bounds, and nothing may be
// throttled by them: heuristic.
class PcieBwSource final : public Source {
  public:
    explicit PcieBwSource(const DevicePlace& device)
        : device_(device),
          folder_(device.render_path + "/device"),
          name_("pcie_bw " + std::to_string(device.gpu.value)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }

    // The kernel sleeps for a second in every read.
    [[nodiscard]] Pace pace() const override {
        return {.period = std::chrono::seconds(1), .patience = Patience::waits_long};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    std::expected<std::string_view, int> content();
    void put(const std::optional<PcieCounts>& counts, const Origin& origin, Readings& into);
    void stumble(int error, Readings& into);

    DevicePlace device_;
    std::string folder_;
    std::string name_;
    std::unique_ptr<OpenFile> file_{};
    DevicePower power_{};
    Testimony by_{};
    SourceId self_{};
    int failure_ = 0;
    Origin trouble_{};
    std::array<char, longest_counts> text_{};
};

Opened PcieBwSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    self_ = self;
    by_ = {.confidence = Confidence::heuristic,
           .emulated = around.emulated,
           .valid_for = holds_for(pace())};
    if (device_.render_path.empty()) {
        return Absent{"the device has no render node, and so no pcie_bw"};
    }
    power_.open(machine, folder_);
    if (power_.asleep()) {
        return Later{DevicePower::sleeps};
    }
    auto file = machine.open(folder_ + "/pcie_bw");
    if (!file) {
        return standing_after(file.error());
    }
    file_ = std::move(*file);
    const auto text = content();
    if (!text && text.error() == ENODATA) {
        return Absent{std::string(sentence(PcieFault::nothing))};
    }
    if (!text) {
        return standing_after({.code = text.error(), .doing = "read pcie_bw"});
    }
    if (const auto counts = decode_pcie_counts(*text); !counts) {
        return Absent{std::string(sentence(counts.error()))};
    }
    return Available{"packets over PCIe and their largest payload: at most so many bytes"};
}

std::expected<std::string_view, int> PcieBwSource::content() {
    const auto length = file_->read(text_);
    if (!length) {
        return std::unexpected(length.error());
    }
    return std::string_view(text_.data(), *length);
}

void PcieBwSource::put(const std::optional<PcieCounts>& counts,
                       const Origin& origin,
                       Readings& into) {
    by_.origin = origin;
    LevelReading reading{.subject = {.place = place_of(device_.gpu),
                                     .quantity = Quantity::link_received,
                                     .source = self_},
                         .by = by_};
    reading.value = counts ? std::optional(counts->received_at_most()) : std::nullopt;
    into.levels.push_back(reading);
    reading.subject.quantity = Quantity::link_sent;
    reading.value = counts ? std::optional(counts->sent_at_most()) : std::nullopt;
    into.levels.push_back(std::move(reading));
}

void PcieBwSource::stumble(int error, Readings& into) {
    if (error != failure_) {
        failure_ = error;
        trouble_ = Error{.code = error, .doing = "read pcie_bw"}.message();
    }
    put(std::nullopt, trouble_, into);
}

bool PcieBwSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    if (power_.asleep()) {
        put(std::nullopt, DevicePower::sleeps, into);
        return true;
    }
    const auto text = content();
    if (!text) {
        if (is_gone(text.error())) {
            return false;
        }
        stumble(text.error(), into);
        return true;
    }
    const auto counts = decode_pcie_counts(*text);
    if (counts) {
        put(*counts, "pcie_bw: packets times their largest payload, an upper bound", into);
        return true;
    }
    switch (counts.error()) {
        case PcieFault::nothing:
            put(std::nullopt, "pcie_bw was empty", into);
            break;
        case PcieFault::no_counts:
            put(std::nullopt, "pcie_bw held no counts", into);
            break;
        case PcieFault::absurd:
            put(std::nullopt, "pcie_bw claimed more than a link can carry", into);
            break;
    }
    return true;
}

}  // namespace

std::unique_ptr<Source> make_pcie_bw(const SourceSettings& settings, const DevicePlace& device) {
    static_cast<void>(settings);
    return std::make_unique<PcieBwSource>(device);
}

}  // namespace penstock
