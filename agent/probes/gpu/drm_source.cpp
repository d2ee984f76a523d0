// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/drm_source.h"

#include <array>

#include "agent/probes/gpu/gpu_sources.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr std::array memory_quantities{
    Quantity::vram_used, Quantity::vram_capacity, Quantity::gtt_used, Quantity::gtt_capacity};

}  // namespace

DrmSource::DrmSource(const DevicePlace& device, OpenDrmCard open_card)
    : device_(device), open_card_(open_card), name_("drm " + std::to_string(device.gpu.value)) {}

// To open a render node wakes a device that sleeps, and keeps it awake for seconds: a monitor that
// does so costs a notebook its battery. So the device's state is read first, from sysfs.
Opened DrmSource::open(Machine& machine, const Surroundings& around, SourceId self) {
    self_ = self;
    by_ = {.valid_for = holds_for(pace())};
    card_.reset();
    if (device_.render_path.empty()) {
        return Absent{"the device has no render node"};
    }
    if (around.emulated) {
        return Absent{"the emulator has no render nodes"};
    }
    power_.open(machine, device_.render_path + "/device");
    if (power_.asleep()) {
        return Later{DevicePower::sleeps};
    }
    auto card = open_card_(device_.render_path.substr(device_.render_path.rfind('/') + 1));
    if (!card) {
        return standing_after(card.error());
    }
    card_ = std::move(*card);
    if (const auto memory = card_->memory(); !memory) {
        return standing_after({.code = memory.error(), .doing = "ask the driver for its memory"});
    }
    counts_losses_ = card_->losses_of_vram().has_value();
    const std::string sold_as = printable(card_->marketing_name());
    return Available{"memory" + std::string(counts_losses_ ? " and resets" : "") + " of " +
                     (sold_as.empty() ? "the device" : sold_as) + ", as its driver answers"};
}

void DrmSource::put(Quantity quantity, const std::optional<double>& value, Readings& into) const {
    into.levels.push_back(
        {.subject = {.place = place_of(device_.gpu), .quantity = quantity, .source = self_},
         .by = by_,
         .value = value});
}

void DrmSource::lose(const Origin& why, Readings& into) {
    by_.origin = why;
    for (const Quantity quantity : memory_quantities) {
        put(quantity, std::nullopt, into);
    }
    if (counts_losses_) {
        put(Quantity::resets, std::nullopt, into);
    }
}

void DrmSource::stumble(int error, Readings& into) {
    if (error != failure_) {
        failure_ = error;
        trouble_ = Error{.code = error, .doing = "ask the driver of the device"}.message();
    }
    lose(trouble_, into);
}

bool DrmSource::read(TimePoint now, Readings& into) {
    by_.taken = now;
    if (power_.asleep()) {
        lose(DevicePower::sleeps, into);
        return true;
    }
    const auto memory = card_->memory();
    const auto losses = counts_losses_ ? card_->losses_of_vram() : 0;
    if (!memory || !losses) {
        const int error = memory ? losses.error() : memory.error();
        if (is_gone(error)) {
            return false;
        }
        stumble(error, into);
        return true;
    }
    by_.origin = "the driver, asked through libdrm";
    put(Quantity::vram_used, static_cast<double>(memory->vram_used), into);
    put(Quantity::vram_capacity, static_cast<double>(memory->vram_total), into);
    put(Quantity::gtt_used, static_cast<double>(memory->gtt_used), into);
    put(Quantity::gtt_capacity, static_cast<double>(memory->gtt_total), into);
    if (counts_losses_) {
        by_.origin = "the driver's count of resets that lost what was in VRAM";
        put(Quantity::resets, *losses, into);
    }
    return true;
}

std::unique_ptr<Source> make_drm(const SourceSettings& settings, const DevicePlace& device) {
    static_cast<void>(settings);
    return std::make_unique<DrmSource>(device, open_amdgpu_card);
}

}  // namespace penstock
