// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/drm_card.h"

#include <amdgpu.h>
#include <amdgpu_drm.h>
#include <fcntl.h>

#include "base/fd.h"

namespace penstock {
namespace {

class AmdgpuCard final : public DrmCard {
  public:
    explicit AmdgpuCard(amdgpu_device_handle device) : device_(device) {}

    ~AmdgpuCard() override { amdgpu_device_deinitialize(device_); }

    AmdgpuCard(const AmdgpuCard&) = delete;
    AmdgpuCard& operator=(const AmdgpuCard&) = delete;

    [[nodiscard]] std::string marketing_name() const override {
        const char* name = amdgpu_get_marketing_name(device_);
        return name != nullptr ? name : "";
    }

    std::expected<DrmMemory, int> memory() override {
        drm_amdgpu_memory_info answer{};
        if (const int error = ask(AMDGPU_INFO_MEMORY, answer); error != 0) {
            return std::unexpected(error);
        }
        return DrmMemory{.vram_used = answer.vram.heap_usage,
                         .vram_total = answer.vram.total_heap_size,
                         .gtt_used = answer.gtt.heap_usage,
                         .gtt_total = answer.gtt.total_heap_size};
    }

    std::expected<std::uint32_t, int> losses_of_vram() override {
        std::uint32_t answer = 0;
        if (const int error = ask(AMDGPU_INFO_VRAM_LOST_COUNTER, answer); error != 0) {
            return std::unexpected(error);
        }
        return answer;
    }

  private:
    template <typename Answer>
    int ask(unsigned question, Answer& answer) {
        return -amdgpu_query_info(device_, question, sizeof answer, &answer);
    }

    amdgpu_device_handle device_;
};

}  // namespace

Result<std::unique_ptr<DrmCard>> open_amdgpu_card(const std::string& node) {
    const std::string path = "/dev/dri/" + node;
    const Result<Fd> file = open_path(path, O_RDWR);
    if (!file) {
        return std::unexpected(file.error());
    }
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    amdgpu_device_handle device = nullptr;
    // libdrm keeps a copy of the descriptor, which ends with the device.
    if (const int error = amdgpu_device_initialize(file->get(), &major, &minor, &device);
        error != 0) {
        return fail(-error, "ask amdgpu at " + path);
    }
    return std::make_unique<AmdgpuCard>(device);
}

}  // namespace penstock
