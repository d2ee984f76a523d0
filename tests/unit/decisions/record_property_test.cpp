// SPDX-License-Identifier: Apache-2.0
//
// Whatever a loop sees and decides, what is read from its record is the same, bit for bit.

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "agent/decisions/delta_reading.h"
#include "agent/decisions/shapes.h"
#include "agent/state/sorted.h"
#include "tests/property/dice.h"
#include "tests/unit/decisions/taped.h"

namespace penstock::decisions {
namespace {

constexpr int ticks = 60;

// Changes some members of whatever has members, in a way that a machine could.
class Change {
  public:
    explicit Change(Dice& dice) : dice_(dice) {}

    template <Described T>
    void members(T& whole) {
        each_member(whole, whole, [this](std::string_view, auto& member, auto&) {
            if (dice_.one_in(3)) {
                one(member);
            }
            return true;
        });
    }

  private:
    template <typename T>
    void one(T& member) {
        if constexpr (Described<T>) {
            members(member);
        } else if constexpr (is_list<T>) {
            list(member);
        } else if constexpr (is_optional<T>) {
            if (dice_.one_in(3)) {
                member.reset();
            } else {
                one(member.emplace());
            }
        } else if constexpr (Text<T>) {
            member = text();
        } else if constexpr (std::same_as<T, double>) {
            member = number();
        } else if constexpr (std::same_as<T, bool>) {
            member = dice_.one_in(2);
        } else if constexpr (std::is_enum_v<T>) {
            member = static_cast<T>(dice_.below(static_cast<std::uint64_t>(last_of<T>) + 1));
        } else if constexpr (Time<T>) {
            member = T(Duration(static_cast<std::int64_t>(dice_.below(1U << 30)) * 1'000'003));
        } else if constexpr (Wrapped<T>) {
            member.value = dice_.below(1000);
        } else if constexpr (Whole<T>) {
            member =
                dice_.one_in(4) ? std::numeric_limits<T>::max() : static_cast<T>(dice_.below(200));
        }
    }

    std::string text() {
        std::string bytes(dice_.below(12), '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(dice_.below(256));
        }
        return bytes;
    }

    double number() {
        constexpr std::array odd{0.0,
                                 -0.0,
                                 1e300,
                                 5e-324,
                                 0.1,
                                 1e19,
                                 123456789012345680.0,
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN()};
        return odd[dice_.below(odd.size())];
    }

    template <HasKey T>
    void list(std::vector<T>& items) {
        if (!items.empty() && dice_.one_in(3)) {
            items.erase(items.begin() + dice_.below(static_cast<std::uint32_t>(items.size())));
        }
        if (items.size() < 5) {
            add(items);
        }
        for (T& item : items) {
            const auto key = item.*Keyed<T>::key;
            members(item);
            item.*Keyed<T>::key = key;
        }
    }

    template <HasKey T>
    void add(std::vector<T>& items) {
        T fresh{};
        auto& key = fresh.*Keyed<T>::key;
        if constexpr (Described<std::remove_cvref_t<decltype(key)>>) {
            members(key);
        } else {
            one(key);
        }
        if (find_sorted(items, key, Keyed<T>::key) == nullptr) {
            insert_sorted(items, std::move(fresh), Keyed<T>::key);
        }
    }

    template <typename T>
    void list(std::vector<T>& items) {
        items.resize(dice_.below(4));
        for (T& item : items) {
            members(item);
        }
    }

    Dice& dice_;
};

void make_sound(Snapshot& seen, TimePoint now) {
    seen.now = now;
    for (Device& device : seen.devices) {
        device.suspend_cost.value.reset();
        device.resume_cost.value = Duration(5);
    }
    for (Owner& owner : seen.owners) {
        owner.priority %= 20;
        owner.weight = 1 + owner.weight % 10'000;
        owner.deadline %= RankedOwner::longest_wait;
        owner.cost %= RankedOwner::longest_wait;
    }
}

TEST(RecordProperty, what_was_written_is_read) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        Dice dice(seed);
        Change change(dice);
        std::vector<std::pair<Snapshot, Decision>> told(1);
        Tape tape("observe-only");
        for (int tick = 1; tick <= ticks; ++tick) {
            auto next = told.back();
            change.members(next.first);
            change.members(next.second);
            make_sound(next.first, from_ns(tick));
            tape.see(next.first, next.second);
            told.push_back(std::move(next));
        }
        Result<DecisionReader> reader = open_text(tape.end());
        ASSERT_TRUE(reader);
        std::size_t tick = 0;
        Result<Event> event = reader->next();
        for (; event && !std::holds_alternative<Ended>(*event); event = reader->next()) {
            if (std::holds_alternative<Ticked>(*event)) {
                ++tick;
                ASSERT_TRUE(same(reader->seen(), told[tick].first)) << "seed " << seed;
                ASSERT_TRUE(same(reader->decided(), told[tick].second)) << "seed " << seed;
            }
        }
        ASSERT_TRUE(event) << "seed " << seed << ": " << event.error().message();
        EXPECT_EQ(tick, static_cast<std::size_t>(ticks)) << "seed " << seed;
    }
}

}  // namespace
}  // namespace penstock::decisions
