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
    Session* with_fd(int fd);  // Its pidfd or the events of its rung.

    SlotUse at_slot(std::uint32_t slot);

    // Reports Adopted, and FoundQueue for every queue that the driver shows.
    void adopt(const wire::Adopt& request, Fd pidfd);

    // Likewise; from now on orders can be sent to the process through the socket.
    void cooperate(const wire::Cooperate& request, Fd socket);

    // A queue that can not be kept is an error.
    Result<> add(const wire::QueueAt& queue);
    void remove(const QueueKey& key);

    // Looks at the driver's list again, and reports the new queues.
    void refresh(Session& session);

    // The owner's rung does not hold. Its queues are resumed, it takes the next lower rung that
    // does, and the agent is told all that.
    void lose(OwnerId owner, const std::string& reason);

    // Resumes the owner, tells the agent, and lets it go.
    void release(OwnerId owner);

    // When the news of an owner's rung are due although its descriptor is silent.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    void close(OwnerId owner);

  private:
    void report_found(const std::vector<wire::QueueAt>& found);
    Result<Session*> session_for(const wire::Adopt& request, Fd pidfd);
    void climb(Session& session);
    void resume_all_of(Session& session, const std::string& why);

    const Ports& ports_;
    std::map<OwnerId, Session> sessions_;
    std::vector<QueueKey> slots_;  // By slot; an owner of 0 means nobody.
};

}  // namespace penstock::gate
