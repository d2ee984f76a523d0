// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/recording/base64.h"

#include <algorithm>
#include <cstdint>

namespace penstock::recording {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char padding = '=';
constexpr std::size_t bytes_per_group = 3;
constexpr std::size_t letters_per_group = 4;
constexpr unsigned bits_per_letter = 6;
constexpr unsigned bits_per_byte = 8;
constexpr unsigned bits_per_group = 24;

std::uint32_t group_of(std::string_view bytes) {
    std::uint32_t group = 0;
    for (std::size_t at = 0; at < bytes_per_group; ++at) {
        group <<= bits_per_byte;
        group |= at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    }
    return group;
}

// The bytes of one group of letters. Only what its padding leaves is looked at.
std::optional<std::string> bytes_of(std::string_view letters) {
    const std::size_t used = std::min(letters.find(padding), letters.size());
    if (used < 2 || letters.substr(used).find_first_not_of(padding) != std::string_view::npos) {
        return std::nullopt;
    }
    std::uint32_t group = 0;
    for (std::size_t at = 0; at < letters_per_group; ++at) {
        const std::size_t value = at < used ? alphabet.find(letters[at]) : 0;
        if (value == std::string_view::npos) {
            return std::nullopt;
        }
        group = group << bits_per_letter | static_cast<std::uint32_t>(value);
    }
    std::string bytes;
    for (std::size_t at = 0; at + 1 < used; ++at) {
        group &= (1U << bits_per_group) - 1;
        bytes += static_cast<char>(group >> (bits_per_group - bits_per_byte));
        group <<= bits_per_byte;
    }
    return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / bytes_per_group * letters_per_group);
    for (std::size_t from = 0; from < bytes.size(); from += bytes_per_group) {
        const std::string_view part = bytes.substr(from, bytes_per_group);
        const std::uint32_t group = group_of(part);
        for (std::size_t at = 0; at < letters_per_group; ++at) {
            const auto shift =
                static_cast<unsigned>((letters_per_group - 1 - at)) * bits_per_letter;
            text += at <= part.size() ? alphabet[group >> shift & (alphabet.size() - 1)] : padding;
        }
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % letters_per_group != 0) {
        return std::nullopt;
    }
    std::string bytes;
    for (std::size_t from = 0; from < text.size(); from += letters_per_group) {
        const auto part = bytes_of(text.substr(from, letters_per_group));
        const bool last = from + letters_per_group == text.size();
        if (!part || (part->size() < bytes_per_group && !last)) {
            return std::nullopt;
        }
        bytes += *part;
    }
    // Bits beyond the last byte that are not 0 would be lost unnoticed.
    return to_base64(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace penstock::recording
