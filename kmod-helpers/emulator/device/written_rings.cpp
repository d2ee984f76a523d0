// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/written_rings.h"

#include <array>

namespace penstock::emulator {
namespace {

// Of one client, in the order of their names.
class Batch {
  public:
    explicit Batch(RingsSeen& seen) : seen_(seen) {}

    [[nodiscard]] bool takes(const EmulatedQueue& queue) const {
        return count_ < queues_.size() &&
               (count_ == 0 || queues_.front()->setup.name.tgid == queue.setup.name.tgid);
    }

    void add(EmulatedQueue& queue) {
        queues_.at(count_) = &queue;
        addresses_.at(count_) = queue.setup.write_address;
        ++count_;
    }

    void see(ClientMemory& memory) {
        std::size_t known = 0;
        if (count_ > 1) {  // One alone is looked at in as many calls.
            known = memory.read_words(queues_.front()->setup.name.tgid,
                                      std::span(addresses_).first(count_),
                                      std::span(words_).first(count_));
        }
        for (std::size_t i = 0; i < count_; ++i) {
            EmulatedQueue* const queue = queues_.at(i);
            const bool empty = i < known && queue->ring.is_empty_at(words_.at(i));
            (empty ? seen_.empty : seen_.to_look_at).push_back(queue);
        }
        count_ = 0;
    }

  private:
    RingsSeen& seen_;
    std::array<EmulatedQueue*, ClientMemory::most_words> queues_{};
    std::array<std::uint64_t, ClientMemory::most_words> addresses_{};
    std::array<std::uint64_t, ClientMemory::most_words> words_{};
    std::size_t count_ = 0;
};

}  // namespace

RingsSeen see_rings(ClientMemory& memory, const std::map<QueueName, EmulatedQueue*>& queues) {
    RingsSeen seen;
    Batch batch(seen);
    for (const auto& [name, queue] : queues) {
        if (!batch.takes(*queue)) {
            batch.see(memory);
        }
        batch.add(*queue);
    }
    batch.see(memory);
    return seen;
}

}  // namespace penstock::emulator
