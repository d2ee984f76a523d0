// SPDX-License-Identifier: Apache-2.0
//
// The ledger against a model of it: whatever is entered, struck, left and reopened, the file holds
// exactly what has to be undone, and a gate that is killed at any step leaves all of it.

#include <gmock/gmock.h>

#include <map>

#include "tests/property/dice.h"
#include "tests/unit/gate_rungs/stage.h"

namespace penstock::gate {
namespace {

class Model {
  public:
    Model(std::string path, std::uint32_t seed)
        : path_(std::move(path)), dice_(seed), ledger_(EvictionLedger::open(path_).value()) {}

    void step() {
        switch (dice_.below(8)) {
            case 0:
                die();
                break;
            case 1:
            case 2:
                strike(in_use_);
                break;
            case 3:
                strike(left_);
                break;
            case 4:
                leave();
                break;
            default:
                enter();
        }
        compare();
    }

  private:
    using Lines = std::map<EvictionLedger::Line, LedgerEntry>;

    void enter() {
        const LedgerEntry entry{
            .undo = dice_.one_in(2) ? Undo::restore_process : Undo::resume_queue,
            .process = {.pid = 1 + dice_.below(1000), .start_ticks = dice_.below(1'000'000)}};
        const auto line = ledger_.enter(entry);
        ASSERT_TRUE(line);
        EXPECT_FALSE(left_.contains(*line));
        EXPECT_TRUE(in_use_.emplace(*line, entry).second);
    }

    void strike(Lines& lines) {
        if (lines.empty()) {
            return;
        }
        const auto chosen = pick(lines);
        ledger_.strike(chosen->first);
        lines.erase(chosen);
    }

    void leave() {
        if (in_use_.empty()) {
            return;
        }
        const auto chosen = pick(in_use_);
        ledger_.leave(chosen->first);
        left_.insert(in_use_.extract(chosen));
    }

    // Killed, and started again.
    void die() {
        {
            const EvictionLedger closed = std::move(ledger_);
        }
        ledger_ = EvictionLedger::open(path_).value();
        left_.merge(in_use_);
        EXPECT_TRUE(in_use_.empty());
    }

    Lines::iterator pick(Lines& lines) {
        return std::next(lines.begin(), dice_.below(static_cast<std::uint32_t>(lines.size())));
    }

    void compare() const {
        std::vector<EvictionLedger::LeftOver> left;
        for (const auto& [line, entry] : left_) {
            left.push_back({.line = line, .entry = entry});
        }
        EXPECT_EQ(ledger_.left_over(), left);
        EXPECT_EQ(ledger_.empty(), left_.empty() && in_use_.empty());
        Lines all = left_;
        all.insert(in_use_.begin(), in_use_.end());
        std::string lines;
        for (const auto& [line, entry] : all) {
            lines.append(lines.empty() ? "" : ",").append(trimmed(ledger_line(entry)));
        }
        EXPECT_EQ(fakes::lines_in(path_), lines);
    }

    std::string path_;
    Dice dice_;
    EvictionLedger ledger_;
    Lines in_use_;
    Lines left_;
};

TEST(EvictionLedgerModel, agrees_with_the_ledger_after_every_step) {
    for (std::uint32_t seed = 1; seed <= 10 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const penstock::fakes::ScratchTree run;
        Model model(run.root() + "/ledger", seed);
        for (int step = 0; step < 300 && !testing::Test::HasFailure(); ++step) {
            model.step();
        }
    }
}

}  // namespace
}  // namespace penstock::gate
