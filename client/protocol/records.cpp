// SPDX-License-Identifier: Apache-2.0

#include "client/protocol/records.h"

#include <algorithm>

#include "base/text.h"

namespace penstock::client {
namespace {

constexpr std::int32_t highest_errno = 4095;  // The kernel's MAX_ERRNO.

std::string hex(std::uint32_t number) {
    std::array<char, 8> digits{};
    auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    return "0x" + std::string(digits.data(), end);
}

std::string range(std::uint16_t oldest, std::uint16_t newest) {
    return oldest == newest ? std::to_string(oldest)
                            : std::to_string(oldest) + " to " + std::to_string(newest);
}

template <typename Record>
Result<Record> read(std::span<const std::byte> packet, std::string_view name) {
    if (packet.size() != sizeof(Record)) {
        return fail(std::string(name) + " of " + std::to_string(packet.size()) +
                    " bytes; expected " + std::to_string(sizeof(Record)));
    }
    Record record;
    const auto type = record.type;
    std::memcpy(&record, packet.data(), sizeof(Record));
    if (record.type != type) {
        return fail("a record of type " + std::to_string(record.type) + "; expected " +
                    std::to_string(type) + ", " + std::string(name));
    }
    return record;
}

// The text before the first 0; without one, all of it.
template <std::size_t size>
std::string_view text_in(const std::array<char, size>& bytes) {
    const auto* const end = std::ranges::find(bytes, '\0');
    return {bytes.data(), static_cast<std::size_t>(end - bytes.data())};
}

template <std::size_t size>
void put(std::string_view text, std::array<char, size>& into) {
    std::ranges::copy(printable(text, size - 1), into.begin());
}

// A record's type is its first field in all of them.
bool is_refusal(std::span<const std::byte> packet) {
    std::uint32_t type = 0;
    if (packet.size() < sizeof(type)) {
        return false;
    }
    std::memcpy(&type, packet.data(), sizeof(type));
    return type == static_cast<std::uint32_t>(Type::refused);
}

}  // namespace

Result<Hello> read_hello(std::span<const std::byte> packet) {
    Result<Hello> hello = read<Hello>(packet, "a hello");
    if (!hello) {
        return hello;
    }
    if (hello->magic != magic) {
        return fail("a hello with the magic number " + hex(hello->magic) + "; expected " +
                    hex(magic));
    }
    if (hello->oldest == 0 || hello->oldest > hello->newest) {
        return fail("a hello of versions " + range(hello->oldest, hello->newest) +
                    ", which is no range");
    }
    const std::string_view library = text_in(hello->library);
    if (library.size() == longest_name || printable(library) != library) {
        return fail("a hello whose library is not named in printable ASCII");
    }
    return hello;
}

Result<std::uint16_t> common_version(const Hello& hello) {
    if (hello.oldest > newest_version || hello.newest < oldest_version) {
        return fail("the client speaks version " + range(hello.oldest, hello.newest) +
                    " of the protocol, the agent version " + range(oldest_version, newest_version));
    }
    return std::min(hello.newest, newest_version);
}

Result<Answer> read_answer(std::span<const std::byte> packet) {
    if (is_refusal(packet)) {
        return read<Refused>(packet, "a refusal");
    }
    const Result<Welcome> welcome = read<Welcome>(packet, "a welcome");
    if (!welcome) {
        return std::unexpected(welcome.error());
    }
    if (welcome->version < oldest_version || welcome->version > newest_version) {
        return fail("a welcome in version " + std::to_string(welcome->version) +
                    "; expected version " + range(oldest_version, newest_version));
    }
    return *welcome;
}

Result<Order> read_order(std::span<const std::byte> packet) {
    return read<Order>(packet, "an order");
}

Result<Done> read_done(std::span<const std::byte> packet) {
    Result<Done> done = read<Done>(packet, "a done");
    if (done && (done->error < 0 || done->error > highest_errno)) {
        return fail("a done with error " + std::to_string(done->error) + ", which is no errno");
    }
    return done;
}

std::optional<Verb> verb_of(const Order& order) {
    const bool known = order.verb >= static_cast<std::uint32_t>(Verb::suspend) &&
                       order.verb <= static_cast<std::uint32_t>(Verb::set_units);
    return known ? std::optional(static_cast<Verb>(order.verb)) : std::nullopt;
}

std::string_view name_of(Verb verb) {
    switch (verb) {
        case Verb::suspend:
            return "suspend";
        case Verb::resume:
            return "resume";
        case Verb::limit_launches:
            return "limit launches";
        case Verb::set_priority:
            return "set the priority";
        case Verb::set_units:
            return "set the compute units";
    }
    return "an unknown verb";
}

Hello hello_of(std::string_view library, std::uint32_t abilities) {
    Hello hello{.abilities = abilities};
    put(library, hello.library);
    return hello;
}

Refused refusal(int error, std::string_view reason) {
    Refused refused{.error = error};
    put(reason, refused.reason);
    return refused;
}

std::string library_of(const Hello& hello) {
    return printable(text_in(hello.library), longest_name);
}

std::string reason_of(const Refused& refused) {
    return printable(text_in(refused.reason), longest_reason);
}

}  // namespace penstock::client
