// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/kernel_version.h"

#include "base/text.h"

namespace penstock::doctor {
namespace {

// The digits at the front, taken away from the text.
std::optional<std::uint32_t> take_number(std::string_view& text) {
    const auto end = text.find_first_not_of("0123456789");
    const auto number = parse_number<std::uint32_t>(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
    return number;
}

bool take(std::string_view& text, char expected) {
    const bool there = text.starts_with(expected);
    text.remove_prefix(there ? 1 : 0);
    return there;
}

struct Parsed {
    KernelVersion version{};
    std::string_view suffix{};  // "-56-amd64".
};

std::optional<Parsed> parse(std::string_view text) {
    const auto major = take_number(text);
    const auto minor = take(text, '.') ? take_number(text) : std::nullopt;
    if (!major || !minor) {
        return std::nullopt;
    }
    Parsed parsed{.version = {.major = *major, .minor = *minor}};
    if (take(text, '.')) {
        parsed.version.patch = take_number(text);
    }
    parsed.suffix = text;
    return parsed;
}

// The third number of the first word that is a later version of the same series.
std::optional<std::uint32_t> patch_in(std::string_view build, const KernelVersion& series) {
    for (const std::string_view word : split(build, ' ')) {
        const auto parsed = parse(trimmed(word));
        if (parsed && parsed->version.of_series(series.major, series.minor) &&
            parsed->version.patch.value_or(0) > 0) {
            return parsed->version.patch;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<KernelVersion> parse_kernel_version(std::string_view release,
                                                  std::string_view build) {
    auto parsed = parse(trimmed(release));
    if (!parsed) {
        return std::nullopt;
    }
    const bool frozen = parsed->version.patch == 0U && parsed->suffix.starts_with('-') &&
                        !parsed->suffix.starts_with("-rc");
    if (frozen) {
        parsed->version.patch = patch_in(build, parsed->version);
    }
    return parsed->version;
}

}  // namespace penstock::doctor
