// SPDX-License-Identifier: Apache-2.0
//
// DRM source: memory and resets of a device, as its driver answers on the render node.

#pragma once

#include <memory>
#include <string>

#include "agent/probes/gpu/device_power.h"
#include "agent/probes/gpu/drm_card.h"
#include "agent/probes/source.h"

namespace penstock {

class DrmSource final : public Source {
  public:
    DrmSource(const DevicePlace& device, OpenDrmCard open_card);

    [[nodiscard]] std::string_view name() const override { return name_; }

    [[nodiscard]] Pace pace() const override {
        return {.period = std::chrono::seconds(1), .patience = Patience::may_wait};
    }

    Opened open(Machine& machine, const Surroundings& around, SourceId self) override;
    bool read(TimePoint now, Readings& into) override;

  private:
    void put(Quantity quantity, const std::optional<double>& value, Readings& into) const;
    void lose(const Origin& why, Readings& into);
    void stumble(int error, Readings& into);

    DevicePlace device_;
    OpenDrmCard open_card_;
    std::string name_;
    std::unique_ptr<DrmCard> card_{};
    DevicePower power_{};
    bool counts_losses_ = false;  // Old drivers do not.
    Testimony by_{};
    SourceId self_{};
    int failure_ = 0;
    Origin trouble_{};
};

}  // namespace penstock
