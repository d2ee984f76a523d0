// SPDX-License-Identifier: Apache-2.0
//
// Roster: everybody in the gate's care, and which queue each watch slot belongs to.
//
// It answers Adopt, AddQueue, RemoveQueue and Release. Whatever a message asks, at most
// `most_owners` are kept; the agent is told about the rest.

#pragma once

#include <map>

#include "agent/gate/session.h"

namespace penstock::gate {

inline constexpr std::size_t most_owners = 256;
inline constexpr std::uint32_t most_slots = 64 * 1024;

struct SlotUse {
    Session* session = nullptr;  // Null when nobody's queue has the slot.
    CaredQueue* queue = nullptr;
};

class Roster {
  public:
    explicit Roster(const Ports& ports) : ports_(ports) {}

    // Slots at or beyond the number are no slots.
    void use_slots(std::uint32_t count);

    [[nodiscard]] std::map<OwnerId, Session>& sessions() { return sessions_; }

    // Null for none.
    Session* find(OwnerId owner);
    Session* with_pid(std::uint32_t pid);
    Session* with_fd(int fd);  // Its pidfd or its debug events.

    SlotUse at_slot(std::uint32_t slot);

    // Reports Adopted, and FoundQueue for every queue that the driver shows.
    void adopt(const wire::Adopt& request, Fd pidfd);

    // A queue that can not be kept is an error.
    Result<> add(const wire::QueueAt& queue);
    void remove(const QueueKey& key);

    // Looks at the driver's list again, and reports the new queues.
    void refresh(Session& session);

    // Its queues can no longer be suspended. They are resumed, and the agent is told both.
    void lose(OwnerId owner, std::string reason);

    void close(OwnerId owner);

  private:
    void report_found(const std::vector<wire::QueueAt>& found);
    Result<> try_to_adopt(const wire::Adopt& request, Fd pidfd, std::vector<wire::QueueAt>& found);

    const Ports& ports_;
    std::map<OwnerId, Session> sessions_;
    std::vector<QueueKey> slots_;  // By slot; an owner of 0 means nobody.
};

}  // namespace penstock::gate
