// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/task_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "agent/publish/dictionary.h"
#include "agent/publish/process_requests.h"
#include "agent/publish/process_terms.h"
#include "base/pidfd.h"
#include "base/text.h"

namespace penstock::dbus {
namespace {

constexpr std::size_t longest_job = 64;
constexpr std::string_view job_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@+/-";

// It becomes part of a source, of a line in a file, and of what is typed.
Answer<std::string> job_of(const std::optional<std::string>& job) {
    if (!job) {
        return refuse(error::invalid_args, "a task needs a JobId, as the name of what it is for");
    }
    if (job->empty() || job->size() > longest_job ||
        job->find_first_not_of(job_characters) != std::string::npos) {
        return refuse(error::invalid_args,
                      fmt::format(R"("{}" is no JobId: it has 1..{} letters, digits and "._:@+/-")",
                                  printable(*job, longest_string),
                                  longest_job));
    }
    return *job;
}

Answer<TaskWish> wish_of(const TaskProperties& properties) {
    if (const std::string& unknown = properties.terms.unknown_key; !unknown.empty()) {
        return refuse(
            error::invalid_args,
            fmt::format("there is no property \"{}\" of a task: there are JobId, JobUser, "
                        "Priority, Weight, Class, DeadlineUSec, CostUSec and DramMaxBytesPerSecond",
                        unknown));
    }
    Answer<std::string> job = job_of(properties.job);
    if (!job) {
        return std::unexpected(std::move(job).error());
    }
    Answer<Choices> terms = sound(properties.terms);
    if (!terms) {
        return std::unexpected(std::move(terms).error());
    }
    each_term([&](const auto& term) {
        if (auto& chosen = *terms.*term.choice) {
            chosen->source = "job:" + *job;
        }
    });
    return TaskWish{.terms = *std::move(terms),
                    .job = *std::move(job),
                    .job_user = printable(properties.job_user.value_or(""), longest_string)};
}

std::unexpected<Refusal> refuse_task(const Error& failure) {
    switch (failure.code) {
        case ESRCH:
            return refuse(error::no_such_process, failure.message());
        case EPERM:
            return refuse(error::process_gone, failure.doing);
        case EDQUOT:
            return refuse(error::limits_exceeded, failure.doing);
        case 0:
            return refuse(error::invalid_args, failure.message());
        default:
            return refuse(failure);
    }
}

Answer<ObjectPath> enrol(ManagerObject& manager, int pidfd, const TaskWish& wish) {
    const Result<std::uint32_t> pid = manager.surface.requests.register_task(pidfd, wish);
    if (!pid) {
        return refuse_task(pid.error());
    }
    return ObjectPath(numbered_path(process_prefix, *pid));
}

}  // namespace

int Codec<TaskProperties>::read(sd_bus_message* message, TaskProperties& value) {
    return read_dictionary(message, [&](const std::string& key) {
        if (key == "JobId") {
            return read_variant(message, value.job.emplace());
        }
        if (key == "JobUser") {
            return read_variant(message, value.job_user.emplace());
        }
        return read_change(message, key, value.terms);
    });
}

Answer<ObjectPath> register_task(ManagerObject& manager,
                                 const Caller& /*caller*/,
                                 Descriptor pidfd,
                                 const TaskProperties& properties) {
    const Answer<TaskWish> wish = wish_of(properties);
    return wish ? enrol(manager, pidfd.number, *wish) : std::unexpected(wish.error());
}

Answer<ObjectPath> register_task_by_pid(ManagerObject& manager,
                                        const Caller& /*caller*/,
                                        std::uint32_t pid,
                                        std::uint32_t uid,
                                        const TaskProperties& properties) {
    Answer<TaskWish> wish = wish_of(properties);
    if (!wish) {
        return std::unexpected(std::move(wish).error());
    }
    if (const Answer<> good = check_pid(pid); !good) {
        return std::unexpected(good.error());
    }
    const Result<Fd> pidfd = open_pidfd(static_cast<pid_t>(pid));
    if (!pidfd) {
        return pidfd.error().code == ESRCH
                   ? refuse(error::no_such_process, fmt::format("there is no process {}", pid))
                   : refuse(pidfd.error());
    }
    wish->uid = uid;
    return enrol(manager, pidfd->get(), *wish);
}

}  // namespace penstock::dbus
