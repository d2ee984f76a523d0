// SPDX-License-Identifier: Apache-2.0
//
// Wire bytes: how one field of a message becomes bytes and is read back.
//
// ByteWriter and ByteReader are called with the same fields in the same order (wire_fields.h lists
// them once), so the two directions can not drift apart. The reader believes nothing: it checks
// every length and every enumerator, and after its first complaint yields only zeros.

#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "policies/gate_wire.h"
#include "policies/last_of.h"

namespace penstock::wire {

class ByteWriter {
  public:
    explicit ByteWriter(std::vector<std::byte>& out) : out_(out) {}

    void operator()(const auto&... fields_in_order) { (put(fields_in_order), ...); }

    // Only who reads has reason to doubt.
    static void require(bool /*holds*/, std::string_view /*otherwise*/) {}

  private:
    template <typename T>
    void put(const T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            put_raw(std::uint8_t{value});
        } else if constexpr (std::is_enum_v<T>) {
            put_raw(std::to_underlying(value));
        } else if constexpr (std::is_integral_v<T>) {
            put_raw(value);
        } else if constexpr (std::is_same_v<T, Duration>) {
            put_raw(std::int64_t{value.count()});
        } else if constexpr (std::is_same_v<T, TimePoint>) {
            put_raw(to_ns(value));
        } else {
            fields(*this, value);
        }
    }

    void put(const std::string& text) {
        const std::string_view cut = std::string_view(text).substr(0, longest_text);
        put_raw(static_cast<std::uint32_t>(cut.size()));
        const auto bytes = std::as_bytes(std::span(cut));
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }

    template <typename T>
    void put(const std::vector<T>& list) {
        const std::size_t count_at = out_.size();
        std::uint32_t count = 0;
        put_raw(count);
        for (const T& item : list) {
            const std::size_t before = out_.size();
            put(item);
            if (out_.size() > longest_message) {
                out_.resize(before);
                break;
            }
            ++count;
        }
        std::memcpy(&out_[count_at], &count, sizeof count);
    }

    void put_raw(const auto& value) {
        const auto bytes = std::as_bytes(std::span(&value, 1));
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }

    std::vector<std::byte>& out_;
};

class ByteReader {
  public:
    explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

    void operator()(auto&... fields_in_order) { (take(fields_in_order), ...); }

    // What must hold of the fields taken so far.
    void require(bool holds, std::string_view otherwise) {
        if (!holds) {
            complain(otherwise);
        }
    }

    // What is wrong with the bytes, or "" while nothing is.
    [[nodiscard]] std::string_view complaint() const { return complaint_; }

    [[nodiscard]] std::size_t bytes_left() const { return rest_.size(); }

  private:
    template <typename T>
    void take(T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            value = take_at_most(std::uint8_t{1}, "a truth value is neither 0 nor 1") != 0;
        } else if constexpr (std::is_enum_v<T>) {
            value = T{take_at_most(std::to_underlying(last_of<T>), "an enumerator is unknown")};
        } else if constexpr (std::is_integral_v<T>) {
            value = take_raw<T>();
        } else if constexpr (std::is_same_v<T, Duration>) {
            value = Duration(take_raw<std::int64_t>());
        } else if constexpr (std::is_same_v<T, TimePoint>) {
            value = from_ns(take_raw<std::int64_t>());
        } else {
            fields(*this, value);
        }
    }

    void take(std::string& text) {
        const auto length = take_at_most(std::uint32_t{longest_text}, "a text is too long");
        if (length > rest_.size()) {
            complain("it ends inside a text");
            return;
        }
        text.resize(length);
        std::ranges::copy(rest_.first(length), std::as_writable_bytes(std::span(text)).begin());
        rest_ = rest_.subspan(length);
    }

    template <typename T>
    void take(std::vector<T>& list) {
        const auto count = take_raw<std::uint32_t>();
        // Grows with the bytes that are really there: a lying count costs nothing.
        for (std::uint32_t i = 0; i < count && complaint_.empty(); ++i) {
            take(list.emplace_back());
        }
    }

    template <typename T>
    T take_at_most(T highest, std::string_view otherwise) {
        const T value = take_raw<T>();
        if (value > highest) {
            complain(otherwise);
            return T{};
        }
        return value;
    }

    template <typename T>
    T take_raw() {
        T value{};
        if (rest_.size() < sizeof value) {
            complain("it ends too early");
            return value;
        }
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_ = rest_.subspan(sizeof value);
        return value;
    }

    void complain(std::string_view what) {
        if (complaint_.empty()) {
            complaint_ = what;
        }
        rest_ = {};
    }

    std::span<const std::byte> rest_;
    std::string_view complaint_;
};

}  // namespace penstock::wire
