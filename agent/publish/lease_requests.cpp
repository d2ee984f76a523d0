// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/lease_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "agent/publish/bus_name.h"
#include "agent/publish/figures.h"
#include "agent/publish/lease_desk.h"
#include "agent/publish/senders.h"
#include "base/text.h"
#include "policies/leases/token.h"

namespace penstock::dbus {
namespace {

std::unexpected<Refusal> wrong(std::string sentence) {
    return refuse(error::invalid_args, std::move(sentence));
}

// The object's number, where it is one of these; "/" is the only one there is.
template <typename Objects>
Answer<std::uint32_t> number_of(const std::string& target,
                                const char* prefix,
                                const Objects& objects) {
    if (target == "/" && objects.size() == 1) {
        return objects.begin()->first;
    }
    const std::string start = std::string(prefix) + '/';
    const auto number = target.starts_with(start)
                            ? parse_number<std::uint32_t>(target.substr(start.size()))
                            : std::nullopt;
    if (number && objects.contains(*number) && numbered_path(prefix, *number) == target) {
        return *number;
    }
    if (target == "/") {
        return wrong(fmt::format(
            "there are {} objects at {}: the target has to name one", objects.size(), prefix));
    }
    return wrong(
        fmt::format("{} is no target of this resource: it has to be one of the objects "
                    "at {}",
                    printable(target, longest_string),
                    prefix));
}

Answer<LeasePool> pool_of(const Surface& surface,
                          LeaseResource resource,
                          const std::string& target) {
    const LeasePool::Kind kind = pool_kind_of(resource);
    const Answer<std::uint32_t> number = kind == LeasePool::Kind::memory
                                             ? number_of(target, memory_prefix, surface.memory)
                                             : number_of(target, gpu_prefix, surface.gpus);
    return number ? Answer<LeasePool>(LeasePool{.kind = kind, .number = *number})
                  : std::unexpected(number.error());
}

// What people read of it later, in lists and in the journal.
Answer<> check_text(const char* option, const std::string& text) {
    return printable(text, longest_string) == text
               ? Answer<>{}
               : wrong(fmt::format("{} has characters that can not be printed: \"{}\"",
                                   option,
                                   printable(text, longest_string)));
}

Answer<> check_options(std::uint64_t rate, const LeaseOptions& options) {
    if (!options.unknown_key.empty()) {
        return wrong("there is no option \"" + options.unknown_key +
                     "\": there are min, wait-usec, exclusive, insist, class, who and why");
    }
    if (rate == 0 || rate > highest_rate) {
        return wrong(fmt::format(
            "{} bytes per second are out of range: a lease is of 1..{}", rate, highest_rate));
    }
    if (const std::uint64_t least = options.least.value_or(0); least > rate) {
        return wrong(
            fmt::format("min is {}, which is more than the {} that are asked for", least, rate));
    }
    const std::uint64_t wait_usec = options.wait_usec.value_or(0);
    if (wait_usec > usec_of(longest_lease_wait)) {
        return wrong(fmt::format("{} us is out of range: a lease is waited for 0..{} us",
                                 wait_usec,
                                 usec_of(longest_lease_wait)));
    }
    const Answer<> sound = check_text("who", options.who);
    return sound ? check_text("why", options.why) : sound;
}

// The process that asks, where it has queues: then it has a class and a weight.
const Owner* owner_of(const Surface& surface, const LeaseParty& party) {
    const auto found = surface.processes.find(party.pid);
    const bool same = found != surface.processes.end() && found->second->owner.uid == party.uid;
    return same ? &found->second->owner : nullptr;
}

Answer<LeaseClass> class_of(const Surface& surface,
                            const Owner* owner,
                            const LeaseOptions& options,
                            std::uint32_t uid) {
    const LeaseClass own =
        owner != nullptr ? lease_class_of(owner->service_class) : LeaseClass::normal;
    if (!options.lease_class) {
        return own;
    }
    const auto wanted = lease_class_named(*options.lease_class);
    if (!wanted) {
        return wrong(
            fmt::format("there is no class \"{}\": there are critical, normal, stream and "
                        "background",
                        printable(*options.lease_class, longest_string)));
    }
    if (*wanted < own && !surface.is_own(uid) && !surface.is_admin(uid)) {
        return refuse(error::access_denied,
                      fmt::format("the process may ask as \"{}\" or lower, and not as \"{}\": that "
                                  "follows from its Class",
                                  name_of(own),
                                  name_of(*wanted)));
    }
    return *wanted;
}

// A process never asks for more of a memory than it may have, its other leases included.
Answer<> keep_to_limit(const Surface& surface, const Owner* owner, LeaseWish& wish) {
    if (owner == nullptr || owner->dram_max == unlimited ||
        wish.pool.kind != LeasePool::Kind::memory) {
        return {};
    }
    const std::uint64_t most = owner->dram_max.value;
    const std::uint64_t asked =
        surface.leases->ledger().asked_by_process(wish.party.pid, wish.pool);
    const std::uint64_t left = most - std::min(most, asked);
    if (wish.exclusive || left == 0 || wish.least > left) {
        return refuse(error::lease_denied,
                      fmt::format("process {} may have {} bytes per second of a memory, by its "
                                  "DramMaxBytesPerSecond, and {} are leased or waited for",
                                  owner->pid,
                                  most,
                                  asked));
    }
    wish.want = std::min(wish.want, left);
    return {};
}

Sample<double> gain_at(const Surface& surface, const LeasePool& pool) {
    return pool.kind == LeasePool::Kind::memory
               ? surface.memory.at(pool.number)->node.concurrency_gain
               : Sample<double>{.source = "nobody measures what copies at once do to a link"};
}

// Whoever has all of it keeps others from what they would move beside him.
Answer<> check_token(const Surface& surface, const LeasePool& pool, const LeaseOptions& options) {
    if (options.insist && !options.exclusive) {
        return wrong("insist is about being exclusive, which was not asked for");
    }
    const Sample<double> gain = gain_at(surface, pool);
    if (!options.exclusive || options.insist || token_allowed(gain)) {
        return {};
    }
    const bool measurable = pool.kind == LeasePool::Kind::memory && !gain.value;
    return refuse(error::lease_denied,
                  fmt::format("nobody has {} to himself alone: {}{}; leases without exclusive are "
                              "granted side by side, and insist has it all the same",
                              target_path(pool),
                              printable(token_verdict(gain), 2 * longest_string),
                              measurable ? "; penstockctl calibrate measures it" : ""));
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): the parameters are the member's.
Answer<> acquire_lease(ManagerObject& manager,
                       const Caller& caller,
                       const std::string& resource,
                       const ObjectPath& target,
                       std::uint64_t rate,
                       const LeaseOptions& options) {
    Surface& surface = manager.surface;
    const Answer<std::uint32_t> uid = surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    const auto known = lease_resource_named(resource);
    if (!known) {
        return wrong(fmt::format("there is no resource \"{}\": there are {}",
                                 printable(resource, longest_string),
                                 lease_resource_list()));
    }
    if (Answer<> sound = check_options(rate, options); !sound) {
        return sound;
    }
    const Answer<LeasePool> pool = pool_of(surface, *known, target.text);
    if (!pool) {
        return std::unexpected(pool.error());
    }
    if (Answer<> useful = check_token(surface, *pool, options); !useful) {
        return useful;
    }
    const LeaseParty party{.uid = *uid, .pid = surface.senders->pid_of(caller.message())};
    const Owner* owner = owner_of(surface, party);
    const Answer<LeaseClass> lease_class = class_of(surface, owner, options, *uid);
    if (!lease_class) {
        return std::unexpected(lease_class.error());
    }
    LeaseWish wish{.pool = *pool,
                   .party = party,
                   .lease_class = *lease_class,
                   .weight = owner != nullptr ? owner->weight : Owner().weight,
                   .want = rate,
                   .least = options.least.value_or(rate),
                   .exclusive = options.exclusive};
    if (Answer<> kept = keep_to_limit(surface, owner, wish); !kept) {
        return kept;
    }
    const std::string usual_who = owner != nullptr ? owner->command : fmt::format("uid {}", *uid);
    return surface.leases->acquire(
        caller.message(),
        {.resource = *known,
         .wish = wish,
         .who = options.who.empty() ? usual_who : options.who,
         .why = options.why},
        std::chrono::microseconds(static_cast<std::int64_t>(options.wait_usec.value_or(0))));
}

Answer<std::vector<LeaseRow>> list_leases(ManagerObject& manager, const Caller& /*caller*/) {
    std::vector<LeaseRow> rows;
    rows.reserve(manager.surface.lease_objects.size());
    for (const auto& [number, lease] : manager.surface.lease_objects) {
        rows.emplace_back(ObjectPath(numbered_path(lease_prefix, number)),
                          lease->granted,
                          used_bytes(*lease),
                          lease->kept.wish.party.uid,
                          std::string(name_of(lease->kept.resource)),
                          lease->kept.who);
    }
    return rows;
}

Answer<> release_lease(LeaseObject& lease, const Caller& /*caller*/) {
    Surface& surface = lease.surface;
    const Answer<std::uint32_t> uid = surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    const std::uint32_t owner = lease.kept.wish.party.uid;
    if (*uid != owner && !surface.is_own(*uid) && !surface.is_admin(*uid)) {
        return refuse(
            error::access_denied,
            fmt::format("the lease is of uid {}, and the request came from uid {}", owner, *uid));
    }
    surface.leases->release(lease.id);
    return {};
}

std::uint32_t lease_count(const ManagerObject& manager) {
    return static_cast<std::uint32_t>(manager.surface.lease_objects.size());
}

std::string beyond_budget(sd_bus_message* message, const Surface& surface, std::uint32_t uid) {
    std::string name;
    ObjectPath target;
    std::uint64_t rate = 0;
    LeaseOptions options;
    int result = Codec<std::string>::read(message, name);
    result = result < 0 ? result : Codec<ObjectPath>::read(message, target);
    result = result < 0 ? result : Codec<std::uint64_t>::read(message, rate);
    result = result < 0 ? result : Codec<LeaseOptions>::read(message, options);
    const auto resource = lease_resource_named(name);
    if (result < 0 || !resource) {
        return "";
    }
    const Answer<LeasePool> pool = pool_of(surface, *resource, target.text);
    if (!pool) {
        return "";
    }
    const LeaseLedger& ledger = surface.leases->ledger();
    const std::uint64_t whole = ledger.capacity(*pool).value_or(0);
    const auto most =
        static_cast<std::uint64_t>(static_cast<double>(whole) * surface.lease_user_share);
    const std::uint64_t held = ledger.asked_by(uid, *pool);
    const std::uint64_t asked = options.exclusive ? whole : rate;
    if (whole == 0 || (held <= most && asked <= most - held)) {
        return "";
    }
    return fmt::format(
        "uid {} has leases of {} bytes per second at {} and asks for {} more: one "
        "user may have {} of them",
        uid,
        held,
        target_path(*pool),
        asked,
        most);
}

}  // namespace penstock::dbus
