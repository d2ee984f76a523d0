// SPDX-License-Identifier: Apache-2.0
//
// Typed vtables: members of a D-Bus interface made from C++ functions.
//
// A method is `Answer<R> f(Object&, const Caller&, Args...)`, a getter `R f(const Object&)`, a
// setter `Answer<> f(Object&, const Caller&, T)`. sd-bus hands out userdata plus an offset as
// void*; here the offset is always 0 and the userdata always the object's own struct.

#pragma once

#include <tuple>
#include <type_traits>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/connection.h"
#include "agent/publish/refusal.h"

namespace penstock::dbus {

// Fills the error that sd-bus sends; returns what a callback then has to return.
int report(const Refusal& refusal, sd_bus_error* error);
int report_unreadable(int result, sd_bus_error* error);

// The first argument that names an unknown option is refused, so that a misspelt one is noticed.
template <typename T>
Answer<> refuse_unknown(const T& argument) {
    if constexpr (std::is_same_v<T, NoOptions>) {
        if (!argument.unknown_key.empty()) {
            return refuse(error::invalid_args,
                          "there is no option \"" + argument.unknown_key +
                              "\": this member knows no options yet");
        }
    }
    if constexpr (std::is_same_v<T, QueueFilter>) {
        if (!argument.unknown_key.empty()) {
            return refuse(
                error::invalid_args,
                "there is no option \"" + argument.unknown_key + "\": there are queue and gpu");
        }
    }
    if constexpr (std::is_same_v<T, ProcessChanges>) {
        if (!argument.unknown_key.empty()) {
            return refuse(error::invalid_args,
                          "there is no property \"" + argument.unknown_key +
                              "\" that can be set here: there are Priority, Weight, Class, "
                              "DeadlineUSec, CostUSec and DramMaxBytesPerSecond");
        }
    }
    return {};
}

// Answers the call with a value.
template <typename R>
int answer(sd_bus_message* call, const R& value) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_return(call, &raw);
    const Message reply(raw);
    result = result < 0 ? result : Codec<R>::append(raw, value);
    return result < 0 ? result : sd_bus_message_send(raw);
}

template <auto function>
struct MethodOf;

template <typename Object,
          typename R,
          typename... Args,
          Answer<R> (*function)(Object&, const Caller&, Args...)>
struct MethodOf<function> {
    using Arguments = std::tuple<std::remove_cvref_t<Args>...>;

    static constexpr auto inputs = signature_of<std::remove_cvref_t<Args>...>;

    static constexpr auto outputs = [] {
        if constexpr (std::is_void_v<R>) {
            return fixed("");
        } else {
            return Codec<R>::signature;
        }
    }();

    static Answer<Arguments> read(sd_bus_message* message, int& result) {
        Arguments arguments;
        Answer<> known;
        const auto take = [&]<typename T>(T& argument) {
            result = result < 0 ? result : Codec<T>::read(message, argument);
            known = known ? refuse_unknown(argument) : known;
        };
        std::apply([&](auto&... each) { (take(each), ...); }, arguments);
        if (!known) {
            return std::unexpected(known.error());
        }
        return arguments;
    }

    static int send(sd_bus_message* message, [[maybe_unused]] const Answer<R>& done) {
        if constexpr (std::is_void_v<R>) {
            return sd_bus_reply_method_return(message, nullptr);
        } else {
            return answer(message, *done);
        }
    }

    // Of a function that answers by itself, perhaps later.
    static int call_for_later(sd_bus_message* message, void* userdata, sd_bus_error* error) {
        return call_and(message, userdata, error, [](const auto& /*done*/) { return 1; });
    }

    static int call(sd_bus_message* message, void* userdata, sd_bus_error* error) {
        return call_and(
            message, userdata, error, [&](const Answer<R>& done) { return send(message, done); });
    }

    template <typename Finish>
    static int call_and(sd_bus_message* message,
                        void* userdata,
                        sd_bus_error* error,
                        Finish finish) {
        int result = 0;
        const Answer<Arguments> arguments = read(message, result);
        if (result < 0) {
            return report_unreadable(result, error);
        }
        if (!arguments) {
            return report(arguments.error(), error);
        }
        const auto invoke = [&](const auto&... each) {
            return function(*static_cast<Object*>(userdata), Caller(message), each...);
        };
        const Answer<R> done = std::apply(invoke, *arguments);
        return done ? finish(done) : report(done.error(), error);
    }
};

template <auto function>
struct GetterOf;

template <typename Object, typename R, R (*function)(const Object&)>
struct GetterOf<function> {
    using Value = std::remove_cvref_t<R>;

    // NOLINTNEXTLINE(readability-function-size): the parameters are sd-bus'.
    static int get(sd_bus* /*bus*/,
                   const char* /*path*/,
                   const char* /*interface*/,
                   const char* /*member*/,
                   sd_bus_message* reply,
                   void* userdata,
                   sd_bus_error* /*error*/) {
        return Codec<Value>::append(reply, function(*static_cast<const Object*>(userdata)));
    }
};

template <auto function>
struct SetterOf;

template <typename Object, typename T, Answer<> (*function)(Object&, const Caller&, T)>
struct SetterOf<function> {
    // NOLINTNEXTLINE(readability-function-size): the parameters are sd-bus'.
    static int set(sd_bus* /*bus*/,
                   const char* /*path*/,
                   const char* /*interface*/,
                   const char* /*member*/,
                   sd_bus_message* message,
                   void* userdata,
                   sd_bus_error* error) {
        std::remove_cvref_t<T> value{};
        const int result = Codec<std::remove_cvref_t<T>>::read(message, value);
        if (result < 0) {
            return report_unreadable(result, error);
        }
        const Answer<> answer = function(*static_cast<Object*>(userdata), Caller(message), value);
        return answer ? 1 : report(answer.error(), error);
    }
};

constexpr sd_bus_vtable table_start() {
    sd_bus_vtable entry{};
    entry.type = _SD_BUS_VTABLE_START;
    entry.x.start = {.element_size = sizeof(sd_bus_vtable),
                     .features = _SD_BUS_VTABLE_PARAM_NAMES,
                     .vtable_format_reference = &sd_bus_object_vtable_format};
    return entry;
}

constexpr sd_bus_vtable table_end() {
    sd_bus_vtable entry{};
    entry.type = _SD_BUS_VTABLE_END;
    return entry;
}

// `names` are the arguments' names, inputs first, each ended by "\0". Every member is open to every
// sender as far as sd-bus is concerned: authorize() decides.
template <auto function>
constexpr sd_bus_vtable method(const char* member, const char* names) {
    sd_bus_vtable entry{};
    entry.type = _SD_BUS_VTABLE_METHOD;
    entry.flags = SD_BUS_VTABLE_UNPRIVILEGED;
    entry.x.method = {.member = member,
                      .signature = MethodOf<function>::inputs.c_str(),
                      .result = MethodOf<function>::outputs.c_str(),
                      .handler = &MethodOf<function>::call,
                      .offset = 0,
                      .names = names};
    return entry;
}

// The function refuses at once, or sees to it that the call is answered with an R.
template <auto function, typename R>
constexpr sd_bus_vtable method_answered_later(const char* member, const char* names) {
    sd_bus_vtable entry = method<function>(member, names);
    entry.x.method.result = Codec<R>::signature.c_str();
    entry.x.method.handler = &MethodOf<function>::call_for_later;
    return entry;
}

// How a client learns of a new value: never (const), by PropertiesChanged, or only by asking again.
inline constexpr std::uint64_t never_changes = SD_BUS_VTABLE_PROPERTY_CONST;
inline constexpr std::uint64_t announced = SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;
inline constexpr std::uint64_t not_announced = 0;

template <auto getter>
constexpr sd_bus_vtable property(const char* member, std::uint64_t flags) {
    sd_bus_vtable entry{};
    entry.type = _SD_BUS_VTABLE_PROPERTY;
    entry.flags = flags & ((1ULL << 56) - 1);
    entry.x.property = {.member = member,
                        .signature = Codec<typename GetterOf<getter>::Value>::signature.c_str(),
                        .get = &GetterOf<getter>::get,
                        .set = nullptr,
                        .offset = 0};
    return entry;
}

template <auto getter, auto setter>
constexpr sd_bus_vtable writable_property(const char* member) {
    sd_bus_vtable entry = property<getter>(member, announced | SD_BUS_VTABLE_UNPRIVILEGED);
    entry.type = _SD_BUS_VTABLE_WRITABLE_PROPERTY;
    entry.x.property.set = &SetterOf<setter>::set;
    return entry;
}

template <typename... Args>
constexpr sd_bus_vtable signal(const char* member, const char* names) {
    sd_bus_vtable entry{};
    entry.type = _SD_BUS_VTABLE_SIGNAL;
    entry.x.signal = {.member = member, .signature = signature_of<Args...>.c_str(), .names = names};
    return entry;
}

}  // namespace penstock::dbus
