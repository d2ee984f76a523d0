// SPDX-License-Identifier: Apache-2.0

#include "policies/gate_wire.h"

#include "policies/wire_bytes.h"
#include "policies/wire_fields.h"

namespace penstock::wire {
namespace {

struct Header {
    std::uint32_t type = 0;    // Place in the variant, counted from the direction's first number.
    std::uint32_t length = 0;  // Bytes behind the header.
};

static_assert(sizeof(Header) == 8);

// The directions do not overlap: a message sent the wrong way is unknown, not misread.
constexpr std::uint32_t first_to_gate = 1;
constexpr std::uint32_t first_from_gate = 101;

template <typename Message>
std::vector<std::byte> encode_message(const Message& message, std::uint32_t first_type) {
    std::vector<std::byte> bytes(sizeof(Header));
    ByteWriter writer(bytes);
    std::visit([&](const auto& alternative) { fields(writer, alternative); }, message);
    const Header header{.type = first_type + static_cast<std::uint32_t>(message.index()),
                        .length = static_cast<std::uint32_t>(bytes.size() - sizeof(Header))};
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

// Makes `message` the variant's alternative number `index`; false when there is no such one.
template <typename Message, std::size_t... Index>
bool choose(Message& message, std::size_t index, std::index_sequence<Index...> /*all*/) {
    return ((index == Index && (message.template emplace<Index>(), true)) || ...);
}

template <typename Message>
Result<Message> decode_message(std::span<const std::byte> bytes, std::uint32_t first_type) {
    Header header;
    if (bytes.size() < sizeof header || bytes.size() > longest_message) {
        return fail("a message has " + std::to_string(bytes.size()) + " bytes, expected 8 to " +
                    std::to_string(longest_message));
    }
    std::memcpy(&header, bytes.data(), sizeof header);
    const std::span<const std::byte> body = bytes.subspan(sizeof header);
    const std::string name = "a message of type " + std::to_string(header.type);
    if (header.length != body.size()) {
        return fail(name + " has " + std::to_string(body.size()) + " bytes, but announces " +
                    std::to_string(header.length));
    }
    Message message;
    // A type below the first wraps around to a huge index, which no variant has.
    if (!choose(message,
                header.type - first_type,
                std::make_index_sequence<std::variant_size_v<Message>>())) {
        return fail(name + " is unknown");
    }
    ByteReader reader(body);
    std::visit([&](auto& alternative) { fields(reader, alternative); }, message);
    if (!reader.complaint().empty()) {
        return fail(name + " is malformed: " + std::string(reader.complaint()));
    }
    if (reader.bytes_left() != 0) {
        return fail(name + " has " + std::to_string(reader.bytes_left()) + " bytes too many");
    }
    return message;
}

}  // namespace

std::vector<std::byte> encode(const ToGate& message) {
    return encode_message(message, first_to_gate);
}

std::vector<std::byte> encode(const FromGate& message) {
    return encode_message(message, first_from_gate);
}

Result<ToGate> decode_to_gate(std::span<const std::byte> bytes) {
    return decode_message<ToGate>(bytes, first_to_gate);
}

Result<FromGate> decode_from_gate(std::span<const std::byte> bytes) {
    return decode_message<FromGate>(bytes, first_from_gate);
}

}  // namespace penstock::wire
