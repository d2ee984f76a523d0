// SPDX-License-Identifier: Apache-2.0

#include "agent/decisions/delta_reading.h"

#include <cmath>

namespace penstock::decisions {
namespace {

// The bytes that were written as \u00XX come back as two of UTF-8 each.
constexpr unsigned char lead_of_second_half = 0xc3;
constexpr unsigned char lead_of_first_half = 0xc2;
constexpr unsigned char continuation = 0x3f;

}  // namespace

std::unexpected<Error> wrong_at(std::string_view name, const Error& error) {
    const std::string& rest = error.doing;
    const bool deeper = !rest.empty() && rest.front() == '"';
    return fail('"' + std::string(name) + (deeper ? "." + rest.substr(1) : "\" " + rest));
}

Result<std::string> bytes_of(const Json& from) {
    if (!from.is_string()) {
        return fail("is not a text");
    }
    const auto& text = from.get_ref<const std::string&>();
    std::string bytes;
    for (std::size_t place = 0; place < text.size(); ++place) {
        const auto lead = static_cast<unsigned char>(text[place]);
        if (lead < 0x80) {
            bytes += text[place];
            continue;
        }
        if (lead != lead_of_first_half && lead != lead_of_second_half) {
            return fail("has a character beyond \\u00ff");
        }
        ++place;  // The parser has seen to it that there is one.
        const unsigned low = static_cast<unsigned char>(text[place]) & continuation;
        bytes += static_cast<char>(low + (lead == lead_of_second_half ? 0xc0U : 0x80U));
    }
    if (bytes.size() > longest_text) {
        return fail("has more than " + std::to_string(longest_text) + " bytes");
    }
    return bytes;
}

// Words stand for what JSON has no numbers for.
Result<double> real_of(const Json& from) {
    if (from.is_number()) {
        return from.get<double>();
    }
    if (from == "nan") {
        return std::nan("");
    }
    if (from == "inf" || from == "-inf") {
        return from == "inf" ? HUGE_VAL : -HUGE_VAL;
    }
    return fail("is not a number");
}

// The parser keeps what is not negative as unsigned.
Result<std::int64_t> whole_of(const Json& from, std::int64_t least, std::int64_t most) {
    const bool fits =
        from.is_number_integer() && (!from.is_number_unsigned() ||
                                     from.get<std::uint64_t>() <= static_cast<std::uint64_t>(most));
    const std::int64_t number = fits ? from.get<std::int64_t>() : 0;
    if (!fits || number < least || number > most) {
        return fail("is not a whole number from " + std::to_string(least) + " to " +
                    std::to_string(most));
    }
    return number;
}

Result<std::uint64_t> natural_of(const Json& from, std::uint64_t most) {
    if (!from.is_number_unsigned() || from.get<std::uint64_t>() > most) {
        return fail("is not a whole number from 0 to " + std::to_string(most));
    }
    return from.get<std::uint64_t>();
}

}  // namespace penstock::decisions
