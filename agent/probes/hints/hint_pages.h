// SPDX-License-Identifier: Apache-2.0
//
// Hint pages: of the processes that have registered themselves, one each.
//
// A process keeps its page until it ends, and gets the same one when it registers again; a process
// may so register long before it has a queue, and several libraries in it share the page. What is
// reported counts from its first queue on. The next agent knows nothing of the pages: processes
// register anew when they see its board.

#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "agent/probes/hints/hint_page.h"
#include "agent/state/readings.h"
#include "base/incarnation.h"

namespace penstock {

class HintPages {
  public:
    // Each is a page of the agent's memory, and two descriptors.
    static constexpr std::size_t most = 512;
    static constexpr std::size_t most_of_a_user = 64;

    // Tokens come in lumps; over less than this, their rate says little.
    static constexpr Duration period{std::chrono::milliseconds(500)};

    // Who has queues and is this process; of 0 when nobody.
    using FindOwner = std::function<OwnerId(const Incarnation& process)>;

    explicit HintPages(FindOwner find_owner);

    // Readable when bury() is due; -1 where deaths can not be watched.
    [[nodiscard]] int fd() const { return deaths_.get(); }

    // Frees the pages of those that have ended.
    void bury();

    // A descriptor of the process' page, for the process. EDQUOT when there are too many.
    Result<Fd> open(const Incarnation& process, int pidfd, std::uint32_t uid);

    // Adds what the pages say, where it is due.
    void read(TimePoint now, Readings& into);

    [[nodiscard]] std::size_t size() const { return pages_.size(); }

  private:
    struct Entry {
        HintPage page;
        Fd pidfd{};
        std::uint32_t uid = 0;
    };

    [[nodiscard]] Result<> check_room(std::uint32_t uid) const;
    [[nodiscard]] Result<Fd> watch(const Incarnation& process, int pidfd) const;
    void bury(std::uint32_t pid);

    FindOwner find_owner_;
    Fd deaths_{};  // An epoll of the pidfds.
    std::map<Incarnation, Entry> pages_{};
    TimePoint due_{};
};

}  // namespace penstock
