// SPDX-License-Identifier: Apache-2.0

#include "base/suggestion.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace penstock {
namespace {

constexpr std::size_t longest_word = 64;

char lower(char each) {
    return each >= 'A' && each <= 'Z' ? static_cast<char>(each | 0x20) : each;
}

// How many letters have to be put in, left out or replaced; case counts for nothing.
std::size_t changes(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (lower(from[i]) == lower(to[j]) ? 0U : 1U);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    if (word.size() > longest_word) {
        return {};
    }
    std::string_view best;
    std::size_t fewest = longest_word;
    for (const std::string_view each : known) {
        const std::size_t needed = changes(word, each);
        const std::size_t allowed = 1 + (each.size() / 4);
        if (needed <= allowed && needed < fewest) {
            fewest = needed;
            best = each;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
    const std::string_view meant = nearest(word, known);
    return meant.empty() ? "" : "; did you mean " + std::string(meant) + "?";
}

std::string names_instead(std::string_view word, std::span<const std::string_view> known) {
    std::string hint = did_you_mean(word, known);
    hint += hint.empty() ? "; there are: " : " There are: ";
    for (const std::string_view each : known) {
        hint.append(each == known.front() ? "" : ", ").append(each);
    }
    return hint;
}

}  // namespace penstock
