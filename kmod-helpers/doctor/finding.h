// SPDX-License-Identifier: Apache-2.0
//
// Finding: one thing that was looked at, what it means for preemption, and what a person can
// change.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::doctor {

enum class State : std::uint8_t {
    fine,
    limited,  // It works, with the drawback that the consequence names.
    broken,
    unknown,  // The files do not tell.
};

struct Finding {
    std::string subject{};
    State state = State::fine;
    std::string found{};        // What was read.
    std::string consequence{};  // One sentence; "" when there is nothing to say.
    std::string change{};       // A command or a file; "" when there is nothing to change.
};

[[nodiscard]] constexpr std::string_view text_of(State state) {
    switch (state) {
        case State::fine:
            return "fine";
        case State::limited:
            return "limited";
        case State::broken:
            return "broken";
        case State::unknown:
            break;
    }
    return "unknown";
}

}  // namespace penstock::doctor
