// SPDX-License-Identifier: Apache-2.0
//
// Origin: where a sample comes from, or why there is none.
//
// Samples are copied at every tick while their texts hardly ever change, so a text that was made is
// shared, of a literal only the place is kept, and neither is copied.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace penstock {

// Its constructors are implicit, because an origin is a text in all but its cost.
class Origin {
  public:
    Origin() = default;
    ~Origin() = default;
    Origin(const Origin&) = default;
    Origin(Origin&&) = default;
    Origin& operator=(Origin&&) = default;

    // Mostly a sample takes the place of one that had the same origin.
    Origin& operator=(const Origin& other) {
        if (this != &other && !is_at(other.text_)) {
            made_ = other.made_;
            text_ = other.text_;
        }
        return *this;
    }

    Origin(std::string text)  // NOLINT(google-explicit-constructor)
        : made_(std::make_shared<const std::string>(std::move(text))), text_(*made_) {}

    // A literal, which is there for as long as the program runs.
    // NOLINTBEGIN(google-explicit-constructor,modernize-avoid-c-arrays): of literals only.
    template <std::size_t N>
    Origin(const char (&literal)[N]) : text_(static_cast<const char*>(literal)) {}

    // NOLINTEND(google-explicit-constructor,modernize-avoid-c-arrays)

    // A buffer is no literal.
    template <std::size_t N>
    Origin(char (&buffer)[N]) = delete;  // NOLINT(modernize-avoid-c-arrays)

    // Valid for as long as any copy of this origin.
    [[nodiscard]] std::string_view text() const { return text_; }

    friend bool operator==(const Origin& a, const Origin& b) { return a.text_ == b.text_; }

  private:
    // The same bytes, not merely equal ones.
    [[nodiscard]] bool is_at(std::string_view place) const {
        return text_.data() == place.data() && text_.size() == place.size();
    }

    std::shared_ptr<const std::string> made_;  // Shared by all copies; null for a literal.
    std::string_view text_;
};

}  // namespace penstock
