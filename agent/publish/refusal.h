// SPDX-License-Identifier: Apache-2.0
//
// Refusal: why a request was not carried out, as a D-Bus error name and a sentence.
//
// busctl prints nothing but the sentence, so it names what was found and the allowed range.

#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/result.h"

namespace penstock::dbus {

struct Refusal {
    const char* name = "";
    std::string sentence{};
};

template <typename T = void>
using Answer = std::expected<T, Refusal>;

namespace error {
inline constexpr const char* invalid_args = "org.freedesktop.DBus.Error.InvalidArgs";
inline constexpr const char* access_denied = "org.freedesktop.DBus.Error.AccessDenied";
inline constexpr const char* not_supported = "org.freedesktop.DBus.Error.NotSupported";
inline constexpr const char* failed = "org.freedesktop.DBus.Error.Failed";
inline constexpr const char* no_such_process = "org.penstock1.Error.NoSuchProcess";
inline constexpr const char* process_gone = "org.penstock1.Error.ProcessGone";
inline constexpr const char* not_managed = "org.penstock1.Error.NotManaged";
inline constexpr const char* no_such_queue = "org.penstock1.Error.NoSuchQueue";
inline constexpr const char* no_such_policy = "org.penstock1.Error.NoSuchPolicy";
inline constexpr const char* preemption_disabled = "org.penstock1.Error.PreemptionDisabled";
}  // namespace error

[[nodiscard]] inline std::unexpected<Refusal> refuse(const char* name, std::string sentence) {
    return std::unexpected(Refusal{.name = name, .sentence = std::move(sentence)});
}

// A failure of the loop behind the bus, in D-Bus words: the request itself was acceptable.
[[nodiscard]] std::unexpected<Refusal> refuse(const Error& failure);

}  // namespace penstock::dbus
