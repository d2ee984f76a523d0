// SPDX-License-Identifier: Apache-2.0
//
// Result<T>: a value, or the reason there is none.
//
// A failure is made where it happens, with the errno and what was being done, gains the purpose of
// each caller on its way up, and is logged once at the top:
// "start the probes: open /dev/kfd: Permission denied".

#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace penstock {

struct Error {
    int code = 0;         // An errno value; 0 when the system had no part in it.
    std::string doing{};  // What was being done, or, with code 0, the whole sentence.

    // Adds the caller's purpose in front: "start the probes: open /dev/kfd".
    [[nodiscard]] Error while_doing(std::string_view purpose) &&;

    // The whole sentence for a person, without a final full stop.
    [[nodiscard]] std::string message() const;
};

template <typename T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(int code, std::string doing) {
    return std::unexpected(Error{.code = code, .doing = std::move(doing)});
}

[[nodiscard]] inline std::unexpected<Error> fail(std::string sentence) {
    return fail(0, std::move(sentence));
}

// Passes a failure on to the caller's caller, with the purpose in front.
[[nodiscard]] inline std::unexpected<Error> fail(Error error, std::string_view purpose) {
    return std::unexpected(std::move(error).while_doing(purpose));
}

}  // namespace penstock
