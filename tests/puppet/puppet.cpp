// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/puppet.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <thread>

#include "tests/puppet/blocked_call.h"
#include "tests/puppet/families.h"
#include "tests/puppet/own_terms.h"
#include "tests/puppet/signal_log.h"

namespace penstock::puppet {
namespace {

std::string outcome(const Result<>& result) {
    return result ? "ok" : "error " + result.error().message();
}

int pid_of(const Command& command) {
    return static_cast<int>(command.number(1));
}

int second_of(const Command& command) {
    return static_cast<int>(command.number(2));
}

std::string identity() {
    return std::to_string(::getuid()) + " " + std::to_string(::geteuid());
}

}  // namespace

const Puppet::Act* Puppet::act_for(const std::string& name) {
    using P = Puppet;
    using C = Command;
    static const std::map<std::string, Act> acts = {
        {"open", [](P& p, C&) { return outcome(p.queues_.open()); }},
        {"queues", [](P& p, C& c) { return outcome(p.queues_.add(c.number(1))); }},
        {"count", [](P& p, C&) { return std::to_string(p.queues_.size()); }},
        {"destroy", [](P& p, C& c) { return outcome(p.queues_.destroy(c.number(1))); }},
        {"submit",
         [](P& p, C& c) { return std::to_string(p.queues_.submit(c.number(1), c.number(2))); }},
        {"unfinished", [](P& p, C&) { return std::to_string(p.queues_.unfinished()); }},
        {"close",
         [](P& p, C&) {
             p.queues_.close();
             return std::string("ok");
         }},
        {"fork", [](P& p, C& c) { return p.become_child(c); }},
        {"exec", [](P& p, C&) { return p.execute_again(); }},
        {"exec-in-thread", [](P& p, C&) { return p.execute_in_thread(); }},
        {"leave-to-thread", [](P& p, C&) { return p.leave_to_thread(); }},
        {"block", [](P& p, C& c) { return p.block(c); }},
        {"thread", [](P& p, C&) { return std::to_string(p.threads_.add()); }},
        {"thread-end",
         [](P& p, C& c) { return std::string(p.threads_.end(pid_of(c)) ? "ok" : "none"); }},
        {"log",
         [](P&, C& c) {
             log_signal(pid_of(c), c.word(2) == "restart" ? Restart::yes : Restart::no);
             return std::string("ok");
         }},
        {"ignore",
         [](P&, C& c) {
             set_disposition(pid_of(c), SIG_IGN);
             return std::string("ok");
         }},
        {"mask",
         [](P&, C& c) {
             block_signal(pid_of(c), c.word(2) != "off");
             return std::string("ok");
         }},
        {"signals", [](P&, C&) { return take_signal_log(); }},
        {"wait", [](P&, C& c) { return wait_for_change(pid_of(c)); }},
        {"kill", [](P&, C& c) { return outcome(::kill(pid_of(c), second_of(c))); }},
        {"tgkill", [](P&, C& c) { return outcome(::tgkill(::getpid(), pid_of(c), second_of(c))); }},
        {"setpgid", [](P&, C& c) { return outcome(::setpgid(pid_of(c), second_of(c))); }},
        {"take-terminal", [](P&, C& c) { return take_terminal(c.word(1)); }},
        {"read-terminal", [](P&, C& c) { return read_terminal(c.word(1)); }},
        {"foreground", [](P&, C& c) { return set_foreground(c.word(1), second_of(c)); }},
        {"trace", [](P&, C& c) { return trace(pid_of(c)); }},
        {"let-go", [](P&, C& c) { return let_go(pid_of(c)); }},
        {"identity", [](P&, C&) { return identity(); }},
        {"own-priority",
         [](P&, C& c) { return set_own_priority(c.word(1), static_cast<int>(c.number(2))); }},
        {"setuid", [](P&, C& c) { return outcome(::setuid(static_cast<uid_t>(pid_of(c)))); }},
        {"exit", [](P&, C& c) -> std::string { ::_exit(pid_of(c)); }},
        {"abort", [](P&, C&) -> std::string { std::abort(); }},
    };
    const auto found = acts.find(name);
    return found != acts.end() ? &found->second : nullptr;
}

void Puppet::run() {
    control_.answer("ready");
    for (;;) {
        std::optional<Command> command = control_.next();
        if (!command) {
            ::_exit(0);  // Threads and queues end with us: nobody is left to end them in order.
        }
        obey(std::move(*command));
    }
}

void Puppet::obey(Command command) {
    const Act* act = act_for(command.word(0));
    control_.answer(act != nullptr ? (*act)(*this, command) : "error no such command");
}

// The parent's answer is the child's pid; the child says "ready" on the socket that came along.
Puppet::Answer Puppet::become_child(Command& command) {
    const pid_t child = ::fork();
    if (child < 0) {
        return outcome(child);
    }
    if (child > 0) {
        return std::to_string(child);
    }
    control_.become(std::move(command.attached));
    queues_.forget();
    threads_.forget();
    image_.at(1) = "--control=" + std::to_string(control_.fd());
    return "ready";
}

Puppet::Answer Puppet::execute_again() {
    std::vector<char*> words;
    words.reserve(image_.size() + 1);
    for (std::string& word : image_) {
        words.push_back(word.data());
    }
    words.push_back(nullptr);
    // By its path: a copy with other rights has to take effect.
    ::fcntl(control_.fd(), F_SETFD, 0);
    return outcome(::execv(words.front(), words.data()));
}

Puppet::Answer Puppet::execute_in_thread() {
    Answer answer;
    std::thread([&] { answer = execute_again(); }).join();
    return answer;
}

// The first thread ends and another one goes on obeying, as programs of some languages do.
Puppet::Answer Puppet::leave_to_thread() {
    std::thread([this] { run(); }).detach();
    ::syscall(SYS_exit, 0);
    return "error the first thread is still there";
}

Puppet::Answer Puppet::block(Command& command) {
    return run_blocked(
        command.word(1), control_, [this](Command meanwhile) { obey(std::move(meanwhile)); });
}

}  // namespace penstock::puppet
