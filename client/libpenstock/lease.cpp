// SPDX-License-Identifier: Apache-2.0
//
// Leases of bandwidth. Each has a connection of its own while it is held, so that a thread that
// waits for a lease keeps no other one waiting; connections go on to later leases.

#include "client/libpenstock/lease.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>

#include "base/bus_error.h"
#include "base/clock.h"
#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"

namespace penstock::client {
namespace {

constexpr std::uint64_t patience_usec = 1'000'000;  // Beyond what the caller wants to wait.
constexpr std::uint64_t longest_wait_usec = 60'000'000;
constexpr Duration look_period = std::chrono::milliseconds(10);
constexpr std::size_t most_idle = 4;

int append_option(sd_bus_message* message, const char* key, const char* type, auto value) {
    return sd_bus_message_append(message, "{sv}", key, type, value);
}

int append_options(sd_bus_message* message, const penstock_lease_options& wish) {
    int result = sd_bus_message_open_container(message, 'a', "{sv}");
    const auto add = [&](bool given, const char* key, const char* type, auto value) {
        result = result < 0 || !given ? result : append_option(message, key, type, value);
    };
    add(true, "min", "t", wish.min_bytes_per_second);
    add(wish.wait_usec > 0, "wait-usec", "t", wish.wait_usec);
    add(wish.exclusive != 0, "exclusive", "b", 1);
    add(wish.exclusive == PENSTOCK_EXCLUSIVE_INSIST, "insist", "b", 1);
    add(wish.lease_class != nullptr, "class", "s", wish.lease_class);
    add(wish.why != nullptr, "why", "s", wish.why);
    return result < 0 ? result : sd_bus_message_close_container(message);
}

Result<BusMessage> asked(sd_bus* bus, const penstock_lease_options& wish) {
    Result<BusMessage> message = manager_call(bus, "AcquireLease");
    if (!message) {
        return message;
    }
    int result = sd_bus_message_append(message->get(),
                                       "sot",
                                       wish.resource != nullptr ? wish.resource : "dram",
                                       wish.target != nullptr ? wish.target : "/",
                                       wish.bytes_per_second);
    result = result < 0 ? result : append_options(message->get(), wish);
    if (result < 0) {
        return fail(EINVAL, "the wish is no text for D-Bus");
    }
    return message;
}

// The answer's descriptor is the message's: ours is a copy.
Result<> take_answer(sd_bus_message* answer, penstock_lease& lease) {
    int descriptor = -1;
    const char* path = nullptr;
    std::uint64_t granted = 0;
    if (sd_bus_message_read(answer, "hot", &descriptor, &path, &granted) < 0) {
        return fail(EPROTO, "the agent's answer is no lease");
    }
    lease.held = Fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
    if (!lease.held) {
        return fail(errno, "keep the lease's descriptor");
    }
    lease.path = path;
    lease.granted = granted;
    lease.children = children();
    return {};
}

Result<std::unique_ptr<penstock_lease>> acquire(penstock_client& client,
                                                const penstock_lease_options& wish) {
    Result<BusHandle> bus = client.lease_buses.take(client.address);
    if (!bus) {
        return fail(EHOSTUNREACH, bus.error().message());
    }
    const Result<BusMessage> message = asked(bus->get(), wish);
    if (!message) {
        return std::unexpected(message.error());
    }
    BusError error;
    sd_bus_message* raw = nullptr;
    const std::uint64_t wait = std::min(wish.wait_usec, longest_wait_usec) + patience_usec;
    const int result = sd_bus_call(bus->get(), message->get(), wait, error.get(), &raw);
    const BusMessage answer(raw);
    if (result < 0) {
        return std::unexpected(failure_of(*error.get(), result));
    }
    auto lease = std::make_unique<penstock_lease>(client);
    if (Result<> taken = take_answer(answer.get(), *lease); !taken) {
        return std::unexpected(std::move(taken).error());
    }
    lease->bus = *std::move(bus);
    return lease;
}

// The rate by the agent's answer; 0 when the lease has ended. Of an agent that does not answer, the
// last word holds: leases go on when it starts anew.
int on_rate(sd_bus_message* reply, void* userdata, sd_bus_error* /*error*/) {
    auto& lease = *static_cast<penstock_lease*>(userdata);
    lease.asked.reset();
    if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_UNKNOWN_OBJECT) > 0) {
        lease.granted = 0;
        return 0;
    }
    std::uint64_t rate = 0;
    if (sd_bus_message_is_method_error(reply, nullptr) == 0 &&
        sd_bus_message_enter_container(reply, 'v', "t") > 0 &&
        sd_bus_message_read(reply, "t", &rate) > 0) {
        lease.granted = rate;
    }
    return 0;
}

void ask_rate(penstock_lease& lease) {
    if (lease.asked) {
        return;
    }
    sd_bus_slot* slot = nullptr;
    const int result = sd_bus_call_method_async(lease.bus.get(),
                                                &slot,
                                                agent_name,
                                                lease.path.c_str(),
                                                "org.freedesktop.DBus.Properties",
                                                "Get",
                                                &on_rate,
                                                &lease,
                                                "ss",
                                                "org.penstock1.Lease",
                                                "BytesPerSecond");
    lease.asked = BusSlot(result < 0 ? nullptr : slot);
}

// Whoever comes meanwhile takes the last word.
void look(penstock_lease& lease, TimePoint now) {
    const std::unique_lock lock(lease.mutex, std::try_to_lock);
    if (!lock.owns_lock()) {
        return;
    }
    lease.look_next = to_ns(now + look_period);
    ask_rate(lease);
    while (sd_bus_process(lease.bus.get(), nullptr) > 0) {
    }
}

// On the connection on which the next one is asked for: the agent is to hear of the end first, and
// not only when it sees the pipe hang up.
void tell_of_end(penstock_lease& lease) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(
        lease.bus.get(), &raw, agent_name, lease.path.c_str(), "org.penstock1.Lease", "Release");
    const BusMessage message(raw);
    result = result < 0 ? result : sd_bus_message_set_expect_reply(message.get(), 0);
    result = result < 0 ? result : sd_bus_message_set_auto_start(message.get(), 0);
    if (result >= 0) {
        static_cast<void>(sd_bus_send(lease.bus.get(), message.get(), nullptr));
        static_cast<void>(sd_bus_process(lease.bus.get(), nullptr));
    }
}

}  // namespace

BusHandle LeaseBuses::idle() {
    const std::scoped_lock lock(mutex_);
    while (!idle_.empty()) {
        BusHandle bus = std::move(idle_.back());
        idle_.pop_back();
        if (sd_bus_is_open(bus.get()) > 0) {
            return bus;
        }
    }
    return {};
}

Result<BusHandle> LeaseBuses::take(const std::string& address) {
    BusHandle bus = idle();
    return bus ? Result<BusHandle>(std::move(bus)) : connect(address);
}

void LeaseBuses::give_back(BusHandle bus) {
    const std::scoped_lock lock(mutex_);
    if (idle_.size() < most_idle && sd_bus_is_open(bus.get()) > 0) {
        idle_.push_back(std::move(bus));
    }
}

void LeaseBuses::abandon() {
    for (BusHandle& bus : idle_) {
        static_cast<void>(bus.release());
    }
    idle_.clear();
}

}  // namespace penstock::client

using penstock::client::failed;

int penstock_lease_acquire(penstock_client* client,
                           const penstock_lease_options* options,
                           penstock_lease** lease) {
    if (client == nullptr || options == nullptr || lease == nullptr) {
        return failed(EINVAL, "a client, a wish and a place for the lease are needed");
    }
    *lease = nullptr;
    penstock_lease_options wish{};
    if (!penstock::client::copy_sized(&wish, sizeof(wish), options, options->size)) {
        return failed(EINVAL, "the options do not say their size");
    }
    if (client->is_forked()) {
        return failed(ECHILD, "the client was opened before a fork: this process needs its own");
    }
    try {
        auto acquired = penstock::client::acquire(*client, wish);
        if (!acquired) {
            return failed(acquired.error());
        }
        *lease = acquired->release();
        return 0;
    } catch (const std::exception& thrown) {
        return failed(ENOMEM, thrown.what());
    }
}

uint64_t penstock_lease_rate(penstock_lease* lease) {
    if (lease == nullptr) {
        return UINT64_MAX;
    }
    const penstock::TimePoint now = penstock::monotonic_now();
    if (!lease->client.is_forked() && penstock::to_ns(now) >= lease->look_next) {
        penstock::client::look(*lease, now);
    }
    return lease->granted;
}

void penstock_lease_release(penstock_lease* lease) {
    if (lease == nullptr) {
        return;
    }
    const std::unique_ptr<penstock_lease> ended(lease);
    if (ended->client.is_forked()) {
        static_cast<void>(ended->asked.release());  // The parent's, as its connection is.
        static_cast<void>(ended->bus.release());
        return;
    }
    ended->asked.reset();
    if (ended->children == penstock::client::children()) {
        penstock::client::tell_of_end(*ended);
    }
    ended->client.lease_buses.give_back(std::move(ended->bus));
}
