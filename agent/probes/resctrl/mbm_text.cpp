// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/resctrl/mbm_text.h"

#include <cerrno>

#include "base/result.h"
#include "base/text.h"

namespace penstock {

std::expected<std::uint64_t, Origin> parse_mbm(std::string_view text) {
    const std::string_view word = trimmed(text.substr(0, text.find('\0')));
    if (const auto bytes = parse_number<std::uint64_t>(word)) {
        return *bytes;
    }
    if (word == "Unavailable") {
        return std::unexpected<Origin>("resctrl: the hardware counts other groups now");
    }
    if (word == "Error") {
        return std::unexpected<Origin>("resctrl: the hardware reports an error of its counter");
    }
    if (word == "Unassigned") {
        return std::unexpected<Origin>("resctrl: the group has no counter assigned");
    }
    return std::unexpected<Origin>("resctrl: its file holds no number");
}

Origin why_mbm_failed(int code) {
    switch (code) {
        case EFBIG:
            return "resctrl: its file is longer than a page";
        case ENOENT:
        case ENODEV:
            return "resctrl: its group is gone";
        default:
            return Error{.code = code, .doing = "read resctrl's counter"}.message();
    }
}

}  // namespace penstock
