// SPDX-License-Identifier: Apache-2.0
//
// penstock-kfd-workload: a compute client without a runtime library, for the demonstration, the
// tests and the benchmarks.

#include <fmt/format.h>
#include <sys/prctl.h>

#include <algorithm>

#include "base/clock.h"
#include "base/journal.h"
#include "kmod-helpers/workload/cooperator.h"
#include "kmod-helpers/workload/device_choice.h"
#include "kmod-helpers/workload/load.h"
#include "kmod-helpers/workload/misbehave.h"
#include "kmod-helpers/workload/options.h"
#include "kmod-helpers/workload/report.h"

namespace penstock::workload {

namespace {

constexpr std::size_t longest_log = 1'000'000;  // Lines of each kind.
constexpr Duration for_ever = std::chrono::hours(24);

Course course_of(const Options& options) {
    const TimePoint start = std::max(monotonic_now(), from_ns(options.start_at));
    const Duration duration(static_cast<std::int64_t>(options.duration_s * 1e9));
    return {.start = start,
            .end = start + (duration > Duration(0) ? duration : for_ever),
            .spins = options.spins};
}

Arrivals arrivals_of(const Options& options, TimePoint start) {
    const Duration busy =
        std::chrono::microseconds(options.kernel_us * options.kernels_per_request);
    return {{.pattern = options.arrivals,
             .mean_gap = mean_gap(busy, options.load),
             .seed = options.seed},
            start};
}

Result<Session> open_session(const Options& options, std::uint32_t gpu_id, ActivityLog& log) {
    Result<KfdClient> client = KfdClient::open(options.kfd);
    if (!client) {
        return std::unexpected(client.error());
    }
    return Session::open(std::move(*client),
                         {.queues = options.queues,
                          .gpu_id = gpu_id,
                          .kernels_per_request = options.kernels_per_request,
                          .kernel = {.duration_ns = options.kernel_us * 1000,
                                     .dram_read_bytes = options.dram_read_bytes,
                                     .dram_written_bytes = options.dram_written_bytes},
                          .enable_runtime = options.enable_runtime,
                          .counts_packets = !options.cooperation_socket.empty()},
                         log);
}

// Null when nobody is to be obeyed.
Result<std::unique_ptr<Cooperator>> cooperate(const Options& options,
                                              const Session& session,
                                              std::uint32_t gpu_id) {
    if (options.cooperation_socket.empty()) {
        return nullptr;
    }
    return Cooperator::start(options, session, gpu_id);
}

Result<> submit_work(const Options& options,
                     Session& session,
                     StopSignal& stop,
                     const Course& course) {
    if (options.misbehaviour != Misbehaviour::none) {
        return misbehave(options.misbehaviour, session, stop, course.end);
    }
    if (options.closed) {
        return run_closed(session, stop, course, options.depth);
    }
    return run_open(session, stop, course, arrivals_of(options, course.start));
}

Result<> run(const Options& options) {
    StopSignal stop;
    // The default slack of 50 µs would be measured as latency of others.
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    if (!options.name.empty()) {
        ::prctl(PR_SET_NAME, options.name.c_str(), 0UL, 0UL, 0UL);
    }
    const Result<std::uint32_t> gpu_id = choose_gpu(Tree(options.sysfs), options.gpu_id);
    if (!gpu_id) {
        return std::unexpected(gpu_id.error());
    }
    ActivityLog log(longest_log);
    Result<Session> session = open_session(options, *gpu_id, log);
    if (!session) {
        return std::unexpected(session.error());
    }
    Result<std::unique_ptr<Cooperator>> cooperator = cooperate(options, *session, *gpu_id);
    if (!cooperator) {
        return std::unexpected(std::move(cooperator).error());
    }
    fmt::print("{}\n", ready_line(*session, *gpu_id));
    std::fflush(stdout);

    const Course course = course_of(options);
    if (Result<> done = submit_work(options, *session, stop, course); !done) {
        return done;
    }
    fmt::print("{}\n",
               summary_line(log,
                            {.kernels_per_request = options.kernels_per_request,
                             .unfinished = session->in_flight(),
                             .elapsed = monotonic_now() - course.start}));
    return options.log.empty() ? Result<>() : log.write_to(options.log);
}

}  // namespace

}  // namespace penstock::workload

int main(int count, char** arguments) {
    const auto options = penstock::workload::parse_options(count, arguments);
    if (!options) {
        return options.error();
    }
    if (const penstock::Result<> done = penstock::workload::run(*options); !done) {
        penstock::journal(penstock::Severity::error, done.error().message());
        return 1;
    }
    return 0;
}
