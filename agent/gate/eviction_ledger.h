// SPDX-License-Identifier: Apache-2.0
//
// Eviction ledger: what the gate has taken off a device and no kernel would put back if it died.
//
// A line is entered before the driver is asked and struck when the undo has succeeded; the next
// gate finds the lines of one that was killed in between. The file is never synced: what the kernel
// has of it outlives us, and a crash of the machine, which does not, ends the processes as well.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/incarnation.h"

namespace penstock::gate {

enum class Undo : std::uint8_t {
    restore_process,  // "E PID START", evicted by kfd::EvictPort.
    resume_queue,     // "V PID START QUEUE", preempted by kfd::VendorPort.
};

struct LedgerEntry {
    Undo undo = Undo::restore_process;
    Incarnation process{};
    std::uint32_t queue = 0;  // Only of resume_queue.
    bool operator==(const LedgerEntry&) const = default;
};

class EvictionLedger {
  public:
    using Line = std::uint32_t;
    static constexpr Line most_lines = 4096;
    static constexpr std::size_t line_bytes = 64;

    struct LeftOver {
        Line line = 0;
        LedgerEntry entry{};
        bool operator==(const LeftOver&) const = default;
    };

    // Makes the file when there is none. What is in it and makes no sense is counted and written
    // over. Refused while another gate has it open, and when others may write to it.
    static Result<EvictionLedger> open(const std::string& path);

    Result<Line> enter(const LedgerEntry& entry);

    // A line that the file does not let go of is left over.
    void strike(Line line);

    // The undo failed: somebody may try again, at the latest the next gate.
    void leave(Line line);

    // What an earlier gate entered, and what was left. What is in use now is not among it.
    [[nodiscard]] std::vector<LeftOver> left_over() const;

    // Nothing has to be undone.
    [[nodiscard]] bool empty() const { return free_.size() == lines_.size(); }

    // Lines of an earlier file that made no sense.
    [[nodiscard]] std::uint32_t garbage() const { return garbage_; }

  private:
    //        enter           leave
    //  free -------> in_use --------> left_over
    //   ^    strike     |     strike     |
    //   +---------------+----------------+
    enum class State : std::uint8_t { free, in_use, left_over };

    struct Slot {
        State state = State::free;
        LedgerEntry entry{};
    };

    EvictionLedger(Fd file, std::string path)
        : file_(std::move(file)), path_(std::move(path)), lines_(most_lines) {}

    Result<> take_over();
    void take_over_line(Line number, std::string_view text);
    [[nodiscard]] Result<> write(Line line, const std::string& text) const;

    Fd file_;  // Locked.
    std::string path_;
    std::vector<Slot> lines_;
    std::vector<Line> free_;  // The next one to use last.
    std::uint32_t garbage_ = 0;
};

// As long as a line, with its end.
[[nodiscard]] std::string ledger_line(const LedgerEntry& entry);

// Strict: exactly what ledger_line() makes, of an entry that can exist.
[[nodiscard]] std::optional<LedgerEntry> parse_ledger_line(std::string_view line);

}  // namespace penstock::gate
