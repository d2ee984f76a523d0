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
inline constexpr const char* limits_exceeded = "org.freedesktop.DBus.Error.LimitsExceeded";
inline constexpr const char* interactive_authorization_required =
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";
inline constexpr const char* unknown_interface = "org.freedesktop.DBus.Error.UnknownInterface";
inline constexpr const char* unknown_method = "org.freedesktop.DBus.Error.UnknownMethod";
inline constexpr const char* unknown_property = "org.freedesktop.DBus.Error.UnknownProperty";
inline constexpr const char* property_read_only = "org.freedesktop.DBus.Error.PropertyReadOnly";
inline constexpr const char* failed = "org.freedesktop.DBus.Error.Failed";
inline constexpr const char* no_such_process = "org.penstock1.Error.NoSuchProcess";
inline constexpr const char* process_gone = "org.penstock1.Error.ProcessGone";
inline constexpr const char* not_managed = "org.penstock1.Error.NotManaged";
inline constexpr const char* no_such_queue = "org.penstock1.Error.NoSuchQueue";
inline constexpr const char* no_such_policy = "org.penstock1.Error.NoSuchPolicy";
inline constexpr const char* preemption_disabled = "org.penstock1.Error.PreemptionDisabled";
inline constexpr const char* policy_fault = "org.penstock1.Error.PolicyFault";
inline constexpr const char* config_invalid = "org.penstock1.Error.ConfigInvalid";
inline constexpr const char* lease_denied = "org.penstock1.Error.LeaseDenied";
inline constexpr const char* lease_budget_exceeded = "org.penstock1.Error.LeaseBudgetExceeded";
inline constexpr const char* degraded = "org.penstock1.Error.Degraded";
}  // namespace error

[[nodiscard]] inline std::unexpected<Refusal> refuse(const char* name, std::string sentence) {
    return std::unexpected(Refusal{.name = name, .sentence = std::move(sentence)});
}

// A failure of the loop behind the bus, in D-Bus words: the request itself was acceptable.
[[nodiscard]] std::unexpected<Refusal> refuse(const Error& failure);

}  // namespace penstock::dbus
