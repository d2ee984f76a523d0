// SPDX-License-Identifier: Apache-2.0
//
// Codec: how a C++ type is written in D-Bus messages.
//
// The signature in a vtable and the bytes of a message both come from the type, so the two can not
// contradict each other. sd-bus' own interface takes void pointers and a signature as text, and a
// mismatch there overwrites memory.

#pragma once

#include <systemd/sd-bus.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "agent/publish/bus_name.h"
#include "base/fd.h"
#include "policies/policy_settings.h"

namespace penstock::dbus {

struct ObjectPath {
    std::string text{};
};

// An a{sv} in which no key is known yet. It keeps the place for later options; any key is refused.
struct NoOptions {
    std::string unknown_key{};  // "" when the client gave none.
};

// A descriptor that came with a message, which owns it.
struct Descriptor {
    int number = -1;
};

// An a{sv} of properties of a process that are to be set together.
struct ProcessChanges {
    std::optional<std::int32_t> priority{};
    std::optional<std::uint32_t> weight{};
    std::optional<std::string> service_class{};
    std::optional<std::uint64_t> deadline{};  // In microseconds, as the cost.
    std::optional<std::uint64_t> cost{};
    std::optional<std::uint64_t> dram_max{};  // In bytes per second.
    std::string unknown_key{};                // "" when the client gave none.
};

// An a{sv} of settings of a policy, and what is wrong with it: a sentence, or "".
struct PolicyChoice {
    PolicySettings settings{};
    std::string trouble{};

    // The first trouble is told.
    void note(const std::string& sentence) { trouble = trouble.empty() ? sentence : trouble; }
};

// An a{sv} that says of which queues something is asked.
struct QueueFilter {
    std::optional<std::uint32_t> queue{};
    std::optional<std::uint32_t> gpu{};
    std::string unknown_key{};  // "" when the client gave none.
};

// An a{sv} that the agent answers with: details under names, of which more may come.
using Detail = std::variant<std::uint32_t, std::vector<std::string>>;
using Details = std::map<std::string, Detail>;

// Text at compile time, for signatures.
template <std::size_t N>
struct FixedText {
    std::array<char, N + 1> chars{};

    [[nodiscard]] constexpr const char* c_str() const { return chars.data(); }
};

template <std::size_t N>
consteval FixedText<N - 1> fixed(const char (&text)[N]) {  // NOLINT(*-avoid-c-arrays): a literal.
    FixedText<N - 1> result;
    for (std::size_t i = 0; i < N; ++i) {
        result.chars[i] = text[i];
    }
    return result;
}

template <std::size_t A, std::size_t B>
consteval FixedText<A + B> operator+(const FixedText<A>& first, const FixedText<B>& second) {
    FixedText<A + B> result;
    for (std::size_t i = 0; i < A; ++i) {
        result.chars[i] = first.chars[i];
    }
    for (std::size_t i = 0; i < B; ++i) {
        result.chars[A + i] = second.chars[i];
    }
    return result;
}

template <typename T>
struct Codec;

template <typename... Ts>
inline constexpr auto signature_of = (fixed("") + ... + Codec<Ts>::signature);

template <typename T, char letter>
struct NumberCodec {
    static constexpr auto signature = FixedText<1>{{letter, '\0'}};

    static int append(sd_bus_message* message, T value) {
        return sd_bus_message_append_basic(message, letter, &value);
    }

    static int read(sd_bus_message* message, T& value) {
        return sd_bus_message_read_basic(message, letter, &value);
    }
};

template <>
struct Codec<std::uint32_t> : NumberCodec<std::uint32_t, 'u'> {};

template <>
struct Codec<std::int32_t> : NumberCodec<std::int32_t, 'i'> {};

template <>
struct Codec<std::uint64_t> : NumberCodec<std::uint64_t, 't'> {};

template <>
struct Codec<double> : NumberCodec<double, 'd'> {};

template <>
struct Codec<bool> {
    static constexpr auto signature = fixed("b");

    static int append(sd_bus_message* message, bool value) {
        const int wide = value ? 1 : 0;
        return sd_bus_message_append_basic(message, 'b', &wide);
    }

    static int read(sd_bus_message* message, bool& value) {
        int wide = 0;
        const int result = sd_bus_message_read_basic(message, 'b', &wide);
        value = wide != 0;
        return result;
    }
};

template <>
struct Codec<std::string> {
    static constexpr auto signature = fixed("s");

    static int append(sd_bus_message* message, const std::string& value) {
        return sd_bus_message_append_basic(message, 's', value.c_str());
    }

    // -E2BIG for a string that nobody needs to send.
    static int read(sd_bus_message* message, std::string& value);
};

template <>
struct Codec<ObjectPath> {
    static constexpr auto signature = fixed("o");

    static int append(sd_bus_message* message, const ObjectPath& value) {
        return sd_bus_message_append_basic(message, 'o', value.text.c_str());
    }

    // -E2BIG as of a string.
    static int read(sd_bus_message* message, ObjectPath& value);
};

template <>
struct Codec<NoOptions> {
    static constexpr auto signature = fixed("a{sv}");

    static int read(sd_bus_message* message, NoOptions& value);
};

template <>
struct Codec<Descriptor> {
    static constexpr auto signature = fixed("h");

    static int read(sd_bus_message* message, Descriptor& value) {
        return sd_bus_message_read_basic(message, 'h', &value.number);
    }
};

// What a client is given. The message has a copy of its own, so that the answer may be dropped when
// it is sent.
template <>
struct Codec<Fd> {
    static constexpr auto signature = fixed("h");

    static int append(sd_bus_message* message, const Fd& value) {
        const int number = value.get();
        return sd_bus_message_append_basic(message, 'h', &number);
    }
};

template <>
struct Codec<ProcessChanges> {
    static constexpr auto signature = fixed("a{sv}");

    static int read(sd_bus_message* message, ProcessChanges& value);
};

// The variant that follows, as the value of the property with this name. One that can not be
// changed so is passed over and noted.
int read_change(sd_bus_message* message, const std::string& property, ProcessChanges& changes);

template <>
struct Codec<PolicyChoice> {
    static constexpr auto signature = fixed("a{sv}");

    // What makes no sense is left out, and the first of it told in the trouble.
    static int read(sd_bus_message* message, PolicyChoice& value);
};

// Those that are there, under their names on D-Bus.
template <>
struct Codec<PolicySettings> {
    static constexpr auto signature = fixed("a{sv}");

    static int append(sd_bus_message* message, const PolicySettings& values);
};

template <>
struct Codec<QueueFilter> {
    static constexpr auto signature = fixed("a{sv}");

    static int read(sd_bus_message* message, QueueFilter& value);
};

template <>
struct Codec<Details> {
    static constexpr auto signature = fixed("a{sv}");

    static int append(sd_bus_message* message, const Details& values);
};

template <typename... Ts>
struct Codec<std::tuple<Ts...>> {
    static constexpr auto signature = fixed("(") + signature_of<Ts...> + fixed(")");

    static int append(sd_bus_message* message, const std::tuple<Ts...>& row) {
        int result = sd_bus_message_open_container(message, 'r', signature_of<Ts...>.c_str());
        const auto add = [&](const auto& field) {
            using Field = std::remove_cvref_t<decltype(field)>;
            result = result < 0 ? result : Codec<Field>::append(message, field);
        };
        std::apply([&](const Ts&... fields) { (add(fields), ...); }, row);
        return result < 0 ? result : sd_bus_message_close_container(message);
    }
};

// Two values of an answer, one after the other.
template <typename A, typename B>
struct Codec<std::pair<A, B>> {
    static constexpr auto signature = Codec<A>::signature + Codec<B>::signature;

    static int append(sd_bus_message* message, const std::pair<A, B>& both) {
        const int result = Codec<A>::append(message, both.first);
        return result < 0 ? result : Codec<B>::append(message, both.second);
    }
};

template <typename T>
struct Codec<std::vector<T>> {
    static constexpr auto signature = fixed("a") + Codec<T>::signature;

    static int append(sd_bus_message* message, const std::vector<T>& values) {
        int result = sd_bus_message_open_container(message, 'a', Codec<T>::signature.c_str());
        for (const T& value : values) {
            result = result < 0 ? result : Codec<T>::append(message, value);
        }
        return result < 0 ? result : sd_bus_message_close_container(message);
    }
};

}  // namespace penstock::dbus
