// SPDX-License-Identifier: Apache-2.0
//
// DRM card: what the driver of a device answers on its render node. A port, so that tests need no
// device and no libdrm.

#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "base/result.h"

namespace penstock {

struct DrmMemory {
    std::uint64_t vram_used = 0;  // Bytes, as the others.
    std::uint64_t vram_total = 0;
    std::uint64_t gtt_used = 0;
    std::uint64_t gtt_total = 0;
};

class DrmCard {
  public:
    DrmCard() = default;
    virtual ~DrmCard() = default;
    DrmCard(const DrmCard&) = delete;
    DrmCard& operator=(const DrmCard&) = delete;

    // What the device is sold as; "" when libdrm does not know it. Untrusted.
    [[nodiscard]] virtual std::string marketing_name() const = 0;

    // Or an errno. These wake a sleeping device, as opening does.
    virtual std::expected<DrmMemory, int> memory() = 0;

    // How often the contents of VRAM were lost, that is, how often the device was really reset.
    virtual std::expected<std::uint32_t, int> losses_of_vram() = 0;
};

// `node` is "renderD128".
using OpenDrmCard = Result<std::unique_ptr<DrmCard>> (*)(const std::string& node);

// By libdrm_amdgpu, below /dev/dri.
Result<std::unique_ptr<DrmCard>> open_amdgpu_card(const std::string& node);

}  // namespace penstock
