// SPDX-License-Identifier: Apache-2.0
//
// Records: the client protocol's messages from and to bytes, and what makes one acceptable.
//
// Each reader takes a whole packet and believes nothing of it: size, type, enumerators and text are
// checked, and a packet that is refused is described by one sentence. Bits and bytes without a
// meaning yet are let pass.

#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/result.h"
#include "client/protocol/messages.h"

namespace penstock::client {

// The largest record, and one byte more: a packet that fills it is too long for every reader.
inline constexpr std::size_t packet_buffer = sizeof(Refused) + 1;

using Answer = std::variant<Welcome, Refused>;

// Of any versions: common_version() tells whether we can talk.
[[nodiscard]] Result<Hello> read_hello(std::span<const std::byte> packet);

// A Welcome of a version that we did not offer is an error.
[[nodiscard]] Result<Answer> read_answer(std::span<const std::byte> packet);

// Its verb may be one of a later version.
[[nodiscard]] Result<Order> read_order(std::span<const std::byte> packet);

[[nodiscard]] Result<Done> read_done(std::span<const std::byte> packet);

// The highest version that both speak, or a sentence with both ranges.
[[nodiscard]] Result<std::uint16_t> common_version(const Hello& hello);

// Nothing for a verb of a later version.
[[nodiscard]] std::optional<Verb> verb_of(const Order& order);
[[nodiscard]] std::string_view name_of(Verb verb);

[[nodiscard]] constexpr bool has(std::uint32_t abilities, Ability ability) {
    return (abilities & static_cast<std::uint32_t>(ability)) != 0;
}

// Texts are cut at what fits, and hold printable ASCII only.
[[nodiscard]] Hello hello_of(std::string_view library, std::uint32_t abilities);
[[nodiscard]] Refused refusal(int error, std::string_view reason);
[[nodiscard]] std::string library_of(const Hello& hello);
[[nodiscard]] std::string reason_of(const Refused& refused);

template <typename Record>
[[nodiscard]] std::array<std::byte, sizeof(Record)> bytes_of(const Record& record) {
    static_assert(std::has_unique_object_representations_v<Record>, "padding would leak memory");
    std::array<std::byte, sizeof(Record)> bytes{};
    std::memcpy(bytes.data(), &record, sizeof(Record));
    return bytes;
}

}  // namespace penstock::client
