// SPDX-License-Identifier: Apache-2.0
//
// Events: lines of the journal that people look for and act on. Each has a number that never
// changes; `journalctl MESSAGE_ID=` finds it, and penstock.catalog says what it means and what to
// do.

#pragma once

namespace penstock {

struct Event {
    const char* id = "";  // 128 bits in hexadecimal.
};

namespace events {
inline constexpr Event agent_started{"6b2e63fa93c049089cab62a22b6b9b67"};
inline constexpr Event agent_degraded{"90bd6ce9e11a4ee188b8e5096f6aa745"};
inline constexpr Event agent_recovered{"66bcd75306464065a4b91f09de7a2176"};
inline constexpr Event gate_lost{"0f514ad667c24c9d93a6c49d112588f4"};
inline constexpr Event gate_hung{"301b61b782a249dfa0df39241b679b94"};
inline constexpr Event preemption_disabled{"59f9c3b31abf4102bd1a8fa6d1f83461"};
inline constexpr Event preemption_enabled{"1f780d2454194823af8aa48e88b37d4a"};
inline constexpr Event dry_run_begun{"2f0c6d1e9b7a4c53a4e8d70f3b1625c9"};
inline constexpr Event dry_run_over{"b84e7a3fd25149c6907c1e6ab95f40d2"};
inline constexpr Event configuration_refused{"16e4c35305e449a99748656714daa0fd"};
inline constexpr Event configuration_read{"5ecf24675ce64ca0b934bb4df941950c"};
inline constexpr Event priority_set{"74873c53fdc640ad87ce12e9dc41190d"};
inline constexpr Event exemption_set{"9da54147ca374ae6aee239eae493a924"};
inline constexpr Event terms_set{"c1f5d0a94b3e4d7c8a6e27b905f4813d"};
inline constexpr Event throttle_changed{"7cfeaf405f384a9287aadeb620ec8da7"};
inline constexpr Event cpu_limits_changed{"2d8f6be1c5f34d0e9a7b3c4816ed9f52"};
inline constexpr Event task_registered{"df77a93f0adb4123841f95ee52ff8605"};
inline constexpr Event policy_fault{"db273b057ce44ea99432e2e3b3fec3fc"};
}  // namespace events

}  // namespace penstock
