// SPDX-License-Identifier: Apache-2.0
//
// Cooperation: a process' side of the client protocol, from the connection to the last order.
//
// It lives on one thread and never waits, but for the keeper: the caller polls fd() until
// deadline() and then calls serve(). When the connection ends, for whatever reason, everything that
// was ordered is undone at once, and a new connection is tried after a pause that grows as long as
// none lasts.

#pragma once

#include <optional>
#include <string>

#include "base/fd.h"
#include "base/units.h"
#include "client/cooperation/queue_keeper.h"
#include "client/protocol/records.h"

namespace penstock::client {

class Cooperation {
  public:
    struct Settings {
        std::string socket = default_socket;
        std::string library{};        // Who we are: "libpenstock-hsa 0.1".
        std::uint32_t abilities = 0;  // Bits of Ability: what the keeper is able to.
    };

    // The keeper stays the caller's.
    Cooperation(Settings settings, QueueKeeper& keeper)
        : settings_(std::move(settings)), keeper_(keeper) {}

    // Hangs up, and undoes what was ordered.
    ~Cooperation();

    Cooperation(const Cooperation&) = delete;
    Cooperation& operator=(const Cooperation&) = delete;

    // Readable when serve() is due; -1 for none. Another one after each serve().
    [[nodiscard]] int fd() const { return socket_.get(); }

    // When serve() is due although nothing became readable.
    [[nodiscard]] std::optional<TimePoint> deadline() const;

    void serve(TimePoint now);

    [[nodiscard]] bool welcome() const { return static_cast<bool>(welcomed_); }

    // Why there is no connection, or why the last one ended.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

    static constexpr Duration shortest_pause = std::chrono::milliseconds(100);
    static constexpr Duration longest_pause = std::chrono::seconds(5);
    static constexpr Duration patience = std::chrono::seconds(5);  // For the answer to our hello.

  private:
    void connect(TimePoint now);
    Result<> greet();
    Result<bool> take_packet(TimePoint now);  // False when none waits.
    Result<> hear_answer(std::span<const std::byte> packet, TimePoint now);
    Result<> hear_order(std::span<const std::byte> packet);
    void hang_up(TimePoint now, std::string why);
    void undo(TimePoint now);

    Settings settings_;
    QueueKeeper& keeper_;
    Fd socket_{};
    std::optional<TimePoint> welcomed_{};
    TimePoint due_{};  // While away, the next attempt; while greeting, the answer.
    Duration pause_ = shortest_pause;
    bool standing_ = false;  // There may be something to undo.
    std::string trouble_{};
};

}  // namespace penstock::client
