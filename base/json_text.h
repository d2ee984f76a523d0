// SPDX-License-Identifier: Apache-2.0
//
// JsonText: a value of JSON on one line, written from front to back.
//
// For who writes often and needs no tree of what was written. Whatever a text comes from, it is
// printable ASCII here: every other byte becomes '?'.

#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock {

class JsonText {
  public:
    void begin_object() { begin('{'); }

    void end_object() { text_ += '}'; }

    void begin_array() { begin('['); }

    void end_array() { text_ += ']'; }

    // In an object, before the value.
    void key(std::string_view name);

    void write(std::string_view text);
    void write(double number);  // One that is not finite is null.
    void write_null();

    void write(std::same_as<bool> auto truth) { literal(truth ? "true" : "false"); }

    template <std::integral T>
        requires(!std::same_as<T, bool>)
    void write(T number) {
        literal(std::to_string(number));
    }

    template <typename T>
    void write(const std::optional<T>& value) {
        if (value) {
            write(*value);
        } else {
            write_null();
        }
    }

    template <typename T>
    void member(std::string_view name, const T& value) {
        key(name);
        write(value);
    }

    [[nodiscard]] std::string take() && { return std::move(text_); }

  private:
    void begin(char bracket);
    void separate();
    void quote(std::string_view text);
    void literal(std::string_view word);

    std::string text_{};
};

}  // namespace penstock
