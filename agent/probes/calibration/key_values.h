// SPDX-License-Identifier: Apache-2.0
//
// Key values: lines of key=value that are taken out one by one. Whatever is wrong with them (a key
// that is missing, repeated or left over, a value that is out of its bounds) is told once, at the
// end: the first complaint.

#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace penstock::calibration {

template <typename T>
struct Bounds {
    T least{};
    T most{};
};

class KeyValues {
  public:
    // The text outlives it; its last line may end without '\n'.
    explicit KeyValues(std::string_view text);

    [[nodiscard]] bool has(std::string_view key) const;

    // All values of a key that may be repeated.
    std::vector<std::string_view> all(std::string_view key);

    // "" and a complaint when there is not exactly one.
    std::string_view one(std::string_view key);

    // Printable, not empty.
    std::string sentence(std::string_view key, std::size_t longest);

    std::uint64_t number(std::string_view key, Bounds<std::uint64_t> bounds) {
        return numbers<1>(key, one(key), {bounds})[0];
    }

    // So many numbers with one blank between them, each within its bounds; otherwise the least ones
    // and a complaint.
    template <std::size_t Count, typename T = std::uint64_t>
    std::array<T, Count> numbers(std::string_view key,
                                 std::string_view value,
                                 const std::array<Bounds<T>, Count>& bounds);

    void complain(std::string why);

    // The first one, that keys are left over among them; "" when everything was as expected.
    [[nodiscard]] std::string complaint() const;

  private:
    template <typename T>
    static bool parse(std::string_view text, const Bounds<T>& bounds, T& into) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
        // Put so that what is no number at all is not within them either.
        return error == std::errc() && end == text.data() + text.size() && into >= bounds.least &&
               into <= bounds.most;
    }

    std::vector<std::pair<std::string_view, std::string_view>> left_;
    std::string complaint_{};
};

template <std::size_t Count, typename T>
std::array<T, Count> KeyValues::numbers(std::string_view key,
                                        std::string_view value,
                                        const std::array<Bounds<T>, Count>& bounds) {
    std::array<T, Count> found{};
    const std::vector<std::string_view> parts = split(value, ' ');
    bool sound = parts.size() == Count;
    for (std::size_t each = 0; each < Count; ++each) {
        sound = sound && parse(parts[each], bounds[each], found[each]);
    }
    if (!sound) {
        complain(std::string(key) + " is \"" + printable(value) + "\", expected " +
                 std::to_string(Count) + " numbers that a machine can have");
        for (std::size_t each = 0; each < Count; ++each) {
            found[each] = bounds[each].least;
        }
    }
    return found;
}

}  // namespace penstock::calibration
