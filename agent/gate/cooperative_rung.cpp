// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/cooperative_rung.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "client/protocol/records.h"

namespace penstock::gate {
namespace {

using client::Ability;
using client::Verb;

std::string in_words(int error) {
    return Error{.code = error, .doing = "the client answered"}.message();
}

std::string about(Verb verb, std::string_view what) {
    return std::string(what) + " the order to " + std::string(client::name_of(verb));
}

bool is_lever(Verb verb) {
    return verb == Verb::set_priority || verb == Verb::set_units;
}

std::uint32_t ability_of(Verb lever) {
    return static_cast<std::uint32_t>(lever == Verb::set_priority ? Ability::set_priority
                                                                  : Ability::set_units);
}

// Takes the climber's cooperation, which it has.
Result<std::unique_ptr<Rung>> make_from(const Ports& ports, Climber& climber) {
    Cooperation taken = std::exchange(climber.cooperation, std::nullopt).value_or(Cooperation{});
    return CooperativeRung::make(ports,
                                 climber.target,
                                 std::move(taken.socket),
                                 {.abilities = taken.abilities, .look = climber.look});
}

}  // namespace

Result<std::unique_ptr<Rung>> CooperativeRung::make_saving(const Ports& ports, Climber& climber) {
    if (!climber.cooperation) {
        return fail("");
    }
    if (!client::has(climber.cooperation->abilities, Ability::save)) {
        return fail("the process' library is not able to save waves (UPDATE_QUEUE)");
    }
    return make_from(ports, climber);
}

Result<std::unique_ptr<Rung>> CooperativeRung::make_limiting(const Ports& ports, Climber& climber) {
    if (!climber.cooperation) {
        return fail("");
    }
    // A library that is able to save does so when it is told to suspend. If that was no success,
    // the same order is not worth another try.
    if (client::has(climber.cooperation->abilities, Ability::save)) {
        return fail("");
    }
    if (!client::has(climber.cooperation->abilities, Ability::limit_launches)) {
        return fail("the process' library is not able to limit launches");
    }
    return make_from(ports, climber);
}

Result<std::unique_ptr<CooperativeRung>> CooperativeRung::make(const Ports& ports,
                                                               const Target& target,
                                                               Fd socket,
                                                               const Terms& terms) {
    if (!socket) {
        return fail("the process has no connection to us");
    }
    if (!client::has(terms.abilities, Ability::save) &&
        !client::has(terms.abilities, Ability::limit_launches)) {
        return fail("the process' library is able neither to save waves nor to limit launches");
    }
    if (Result<> alive = ports.processes.check(target.pidfd, static_cast<pid_t>(target.pid));
        !alive) {
        return std::unexpected(std::move(alive).error());
    }
    return std::unique_ptr<CooperativeRung>(new CooperativeRung(ports, std::move(socket), terms));
}

CooperativeRung::CooperativeRung(const Ports& ports, Fd socket, const Terms& terms)
    : ports_(ports),
      socket_(std::move(socket)),
      terms_(terms),
      word_(terms.look,
            client::has(terms.abilities, Ability::save) ? KeptWord::Proof::nothing_read
                                                        : KeptWord::Proof::nothing_written) {}

CooperativeRung::~CooperativeRung() {
    for (const auto& [gpu, told] : told_) {
        if (told.suspended) {
            // A failure does not matter: the end of the connection resumes them too.
            [[maybe_unused]] const Result<> ignored = order(Verb::resume, gpu);
        }
    }
}

PreemptionLevel CooperativeRung::level() const {
    return client::has(terms_.abilities, Ability::save) ? PreemptionLevel::cooperative_save
                                                        : PreemptionLevel::launch_limit;
}

Rung::News CooperativeRung::take_news() {
    // The client can not keep us here: it owes at most so many answers, and one too many is the
    // last.
    while (lost_.empty() && take_answer()) {
    }
    if (lost_.empty() && !unanswered_.empty() && ports_.clock() >= unanswered_.oldest().due) {
        lose(about(unanswered_.oldest().verb, "the client has not answered") + " within " +
             std::to_string(terms_.answer_within_ms) + " ms");
    }
    check_word();
    return {.lost = lost_};
}

// Only what was answered is a claim.
void CooperativeRung::check_word() {
    if (!lost_.empty() || !unanswered_.empty()) {
        return;
    }
    if (const auto queue = word_.broken_by(ports_.clock())) {
        lose("the client says that it has suspended queue " + std::to_string(*queue) +
             ", which goes on");
    }
}

std::optional<TimePoint> CooperativeRung::deadline() const {
    if (!lost_.empty()) {
        return TimePoint{};
    }
    return unanswered_.empty() ? word_.due() : unanswered_.oldest().due;
}

Result<kfd::Reach> CooperativeRung::suspend(GpuId gpu, std::span<std::uint32_t> queues) {
    told_[gpu].suspended = true;  // First, so that whatever half-happens is undone at the end.
    word_.suspended(gpu, queues);
    if (Result<> sent = order(Verb::suspend, gpu); !sent) {
        return std::unexpected(std::move(sent).error());
    }
    return kfd::Reach{.reached = static_cast<std::uint32_t>(queues.size())};
}

Result<kfd::Reach> CooperativeRung::resume(GpuId gpu, std::span<std::uint32_t> queues) {
    word_.resumed(gpu);
    if (Result<> sent = order(Verb::resume, gpu); !sent) {
        return std::unexpected(std::move(sent).error());
    }
    told_[gpu].suspended = false;
    return kfd::Reach{.reached = static_cast<std::uint32_t>(queues.size())};
}

void CooperativeRung::pull(GpuId gpu, const Levers& levers) {
    Told& told = told_[gpu];
    // Failures are told by the news.
    if (level() == PreemptionLevel::launch_limit && !told.limited) {
        told.limited =
            true;  // From the start: what is in flight when launches are held still runs.
        [[maybe_unused]] const Result<> sent =
            order(Verb::limit_launches, gpu, terms_.most_in_flight);
    }
    if (levers.queue_priority != told.levers.queue_priority &&
        client::has(terms_.abilities, Ability::set_priority)) {
        told.levers.queue_priority = levers.queue_priority;
        [[maybe_unused]] const Result<> sent =
            order(Verb::set_priority, gpu, levers.queue_priority);
    }
    if (levers.units != told.levers.units && client::has(terms_.abilities, Ability::set_units)) {
        told.levers.units = levers.units;
        [[maybe_unused]] const Result<> sent =
            order(Verb::set_units, gpu, levers.units.first, levers.units.count);
    }
}

Result<> CooperativeRung::order(Verb verb, GpuId gpu, std::uint32_t value, std::uint32_t count) {
    if (!lost_.empty()) {
        return fail(EPIPE, lost_);
    }
    if (unanswered_.full()) {
        lose("the client owes " + std::to_string(Unanswered::most) + " answers");
        return fail(EAGAIN, lost_);
    }
    const client::Order order{.serial = ++last_serial_,
                              .verb = static_cast<std::uint32_t>(verb),
                              .gpu_id = gpu.value,
                              .value = value,
                              .count = count};
    ssize_t sent = -1;
    do {
        sent = ::send(socket_.get(), &order, sizeof(order), MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        const int error = errno;
        lose(error == EPIPE || error == ECONNRESET ? "the client has hung up"
                                                   : "the client does not read its orders");
        return fail(error, about(verb, "send"));
    }
    const TimePoint due = ports_.clock() + std::chrono::milliseconds(terms_.answer_within_ms);
    unanswered_.push({.serial = order.serial, .verb = verb, .due = due});
    return {};
}

bool CooperativeRung::take_answer() {
    std::array<std::byte, client::packet_buffer> buffer{};
    const ssize_t length = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) {
        return false;
    }
    if (length < 0 && errno == EINTR) {
        return true;
    }
    if (length <= 0) {
        lose("the client has hung up");
        return false;
    }
    judge(std::span<const std::byte>(buffer).first(static_cast<std::size_t>(length)));
    return true;
}

void CooperativeRung::judge(std::span<const std::byte> packet) {
    const Result<client::Done> done = client::read_done(packet);
    if (!done) {
        lose("the client sent " + done.error().message());
        return;
    }
    if (unanswered_.empty() || unanswered_.oldest().serial != done->serial) {
        lose("the client answered order " + std::to_string(done->serial) +
             ", whose turn it was not");
        return;
    }
    const Verb verb = unanswered_.oldest().verb;
    unanswered_.pop();
    if (done->error != 0 && is_lever(verb)) {
        // Drivers refuse them at times (EBUSY while a debugger is near), and nobody depends on
        // them.
        terms_.abilities &= ~ability_of(verb);
    } else if (done->error != 0) {
        lose(about(verb, "failed") + ": " + in_words(done->error));
    } else if (verb == Verb::suspend && done->reached == 0) {
        lose("the client says that none of the queues is its own");
    }
}

void CooperativeRung::lose(std::string why) {
    if (lost_.empty()) {
        lost_ = std::move(why);
    }
}

}  // namespace penstock::gate
