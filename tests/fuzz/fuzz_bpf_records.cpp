// SPDX-License-Identifier: Apache-2.0
//
// BPF records: bytes from the ring of the discovery programs, and what the tracker makes of them.
// Processes come and go meanwhile, records are late, repeated or about nobody. What the listener is
// told is in order all the same: nothing twice, nothing of somebody who is not there.

#include <sys/eventfd.h>

#include <algorithm>
#include <map>
#include <set>

#include "agent/probes/queues/queue_record.h"
#include "agent/queue_tracker.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

constexpr std::uint32_t pids = 16;  // There are processes 1..15.

class Witness final : public QueueListener {
  public:
    void owner_appeared(const Owner& owner, int pidfd) override {
        require(pidfd >= 0 && owner.id > last_);
        last_ = owner.id;
        queues_[owner.id];
    }

    void owner_vanished(OwnerId owner) override { require(queues_.erase(owner) == 1); }

    void queue_appeared(const wire::QueueAt& queue) override {
        const auto owner = queues_.find(queue.key.owner);
        require(owner != queues_.end());
        owner->second.insert(queue.key.number);
        require(owner->second.size() <= QueueTracker::max_queues_per_owner);
    }

    void queue_vanished(QueueKey queue) override {
        const auto owner = queues_.find(queue.owner);
        require(owner != queues_.end() && owner->second.erase(queue.number) == 1);
    }

    [[nodiscard]] std::size_t owners() const { return queues_.size(); }

  private:
    OwnerId last_{};
    std::map<OwnerId, std::set<std::uint32_t>> queues_{};
};

// A descriptor that is never readable stands for a process that lives.
Result<OwnerIdentity> identify(std::uint32_t pid) {
    if (pid == 0 || pid >= pids) {
        return fail(ESRCH, "find the process");
    }
    return OwnerIdentity{.pidfd = Fd(::eventfd(0, EFD_CLOEXEC)), .pid = pid};
}

void tell(QueueTracker& tracker, const queue_event& event) {
    const std::uint32_t pid = event.tgid % (pids + 2);
    if (event.kind == QUEUE_EVENT_CREATED) {
        tracker.seen(pid,
                     {.key = {.gpu = {event.gpu_id}, .number = event.queue_number},
                      .type = queue_type_of(event),
                      .ring_address = event.ring_address,
                      .ring_bytes = event.ring_bytes});
    } else if ((event.reserved[0] & 1U) == 0) {
        tracker.destroyed(pid, event.queue_number);
    } else {
        tracker.died(tracker.owner_with(pid));
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    fuzz::Witness witness;
    QueueTracker tracker(&fuzz::identify, nullptr, witness);
    std::span rest(bytes, size);
    while (!rest.empty()) {
        // The first byte says how long a record claims to be; mostly as long as it should.
        const std::size_t claimed = rest[0] < 8 ? rest[0] : sizeof(queue_event);
        rest = rest.subspan(1);
        const auto record = rest.first(std::min(claimed, rest.size()));
        if (const auto event = decode_queue_event(std::as_bytes(record))) {
            fuzz::require(record.size() == sizeof(queue_event));
            fuzz::tell(tracker, *event);
        }
        rest = rest.subspan(record.size());
    }
    fuzz::require(witness.owners() < fuzz::pids);
    fuzz::require(tracker.empty() == (witness.owners() == 0));
    return 0;
}
