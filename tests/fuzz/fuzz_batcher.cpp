// SPDX-License-Identifier: Apache-2.0
//
// Calls of libpenstock's batcher in any order with any arguments: what is refused changes nothing,
// and everybody who was taken runs on one device at a time until he has ended, and never after.
//
// The first byte chooses a configuration; each call is a byte for what, and its arguments.

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>

#include "client/libpenstock/include/penstock/batcher.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

constexpr std::array<std::string_view, 5> configs{
    R"({"mode": "static_fifo", "b_fixed": 3, "num_gpus": 2})",
    R"({"mode": "multi_bin_dynamic", "k_bins": 2, "bin_boundaries": [90], "num_gpus": 2,
        "kv_capacity_tokens": 300})",
    R"({"mode": "multi_bin_fixed", "b_fixed": 2, "k_bins": 2, "bin_boundaries": [90],
        "num_gpus": 2})",
    R"({"mode": "continuous", "b_max": 4, "kv_capacity_tokens": 300, "num_gpus": 2})",
    R"({"mode": "continuous", "b_max": 4, "kv_capacity_tokens": 300, "num_gpus": 2, "step":
        {"kind": "chunked", "token_budget": 40, "kv": "paged", "c0": 0, "w": 0, "c_tok": 0,
         "c_kv": 0}})"};

constexpr std::size_t first_continuous = 3;
constexpr std::uint32_t devices = 2;
constexpr int nowhere = -1;

class Calls {
  public:
    explicit Calls(std::span<const std::uint8_t> bytes) : bytes_(bytes) {
        const std::size_t which = byte() % configs.size();
        continuous_ = which >= first_continuous;
        penstock_batcher* opened = nullptr;
        require(penstock_batcher_open(
                    configs.at(which).data(), configs.at(which).size(), &opened) == 0);
        batcher_.reset(opened);
    }

    void make() {
        while (!bytes_.empty()) {
            switch (byte() % 6) {
                case 0:
                    submit();
                    break;
                case 1:
                    next();
                    break;
                case 2:
                    complete();
                    break;
                case 3:
                    require(penstock_batcher_flush(batcher_.get()) == 0);
                    break;
                case 4:
                    cancel();
                    break;
                default:
                    require(penstock_batcher_set_scale(batcher_.get(), byte() / 255.0) == 0);
            }
        }
    }

  private:
    std::uint8_t byte() {
        if (bytes_.empty()) {
            return 0;
        }
        const std::uint8_t first = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return first;
    }

    void submit() {
        const penstock_batch_request request{
            .size = sizeof(request), .id = byte(), .prompt = byte(), .predicted = byte()};
        const int result = penstock_batcher_submit(batcher_.get(), &request);
        if (request.prompt == 0 || request.predicted == 0) {
            require(result == -EINVAL);
        } else {
            require(result == (where_.contains(request.id) ? -EEXIST : 0));
            where_.try_emplace(request.id, nowhere);
        }
    }

    void cancel() {
        const std::int64_t id = byte();
        const auto found = where_.find(id);
        const int result = penstock_batcher_cancel(batcher_.get(), id);
        if (found == where_.end()) {
            require(result == -ENOENT);
        } else if (found->second == nowhere) {
            require(result == 0);
            where_.erase(found);
        } else {
            require(result == -EINPROGRESS);
        }
    }

    void next() {
        const std::uint32_t device = byte() % (devices + 1);
        std::array<penstock_batch_item, 8> items{};
        penstock_next_batch batch{};
        batch.size = sizeof(batch);
        batch.items = items.data();
        batch.capacity = byte() % (items.size() + 1);
        const int result = penstock_batcher_next(batcher_.get(), device, now_, &batch);
        if (device == devices || busy_.at(device)) {
            require(result == (device == devices ? -EINVAL : -EBUSY));
            return;
        }
        require(result == 0 || result == -ENOBUFS);
        if (result == 0) {
            require(batch.count <= batch.capacity && batch.running <= batch.count);
            seat(std::span(items).first(batch.count), batch.running, static_cast<int>(device));
        }
    }

    void seat(std::span<const penstock_batch_item> items, std::size_t running, int device) {
        for (std::size_t place = 0; place < items.size(); ++place) {
            const auto found = where_.find(items[place].id);
            require(found != where_.end());
            const bool joins = (items[place].flags & PENSTOCK_BATCH_JOINED) != 0;
            require(found->second == (joins ? nowhere : device));
            found->second = place < running ? device : nowhere;
        }
        busy_.at(static_cast<std::size_t>(device)) = running > 0;
        const auto there =
            std::ranges::count(where_, device, [](const auto& it) { return it.second; });
        require(static_cast<std::size_t>(there) == running);
    }

    void complete() {
        const std::uint32_t device = byte() % (devices + 1);
        std::array<penstock_batch_output, 3> outputs{};
        const std::size_t count = byte() % (outputs.size() + 1);
        bool fine = device < devices && busy_.at(device % devices);
        for (std::size_t place = 0; place < count; ++place) {
            outputs.at(place) = {.id = byte(), .tokens = byte(), .reserved = 0};
            const auto found = where_.find(outputs.at(place).id);
            fine = fine && found != where_.end() && found->second == static_cast<int>(device);
            fine = fine && std::ranges::count(std::span(outputs).first(place),
                                              outputs.at(place).id,
                                              &penstock_batch_output::id) == 0;
        }
        now_ += byte();
        require(fine == (penstock_batcher_completed(
                             batcher_.get(), device, now_, outputs.data(), count) == 0));
        if (!fine) {
            return;
        }
        busy_.at(device) = false;
        std::erase_if(where_, [&](const auto& it) {
            const bool named =
                std::ranges::count(
                    std::span(outputs).first(count), it.first, &penstock_batch_output::id) > 0;
            return it.second == static_cast<int>(device) && (named || !continuous_);
        });
    }

    struct Close {
        void operator()(penstock_batcher* batcher) const { penstock_batcher_close(batcher); }
    };

    std::span<const std::uint8_t> bytes_;
    std::unique_ptr<penstock_batcher, Close> batcher_{};
    bool continuous_ = false;
    std::int64_t now_ = 0;
    std::map<std::int64_t, int> where_{};  // The device of each that has not ended.
    std::array<bool, devices> busy_{};
};

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    penstock::fuzz::Calls({bytes, size}).make();
    return 0;
}
