// SPDX-License-Identifier: Apache-2.0

#include "base/result.h"

#include <string.h>  // NOLINT(modernize-deprecated-headers): strerrordesc_np is not in <cstring>.

namespace penstock {

Error Error::while_doing(std::string_view purpose) && {
    return Error{.code = code, .doing = std::string(purpose) + ": " + std::move(doing)};
}

std::string Error::message() const {
    if (code == 0) {
        return doing;
    }
    // Not strerror(): it may share its buffer between threads and follows the locale.
    const char* reason = strerrordesc_np(code);
    return doing + ": " + (reason != nullptr ? reason : "error " + std::to_string(code));
}

}  // namespace penstock
