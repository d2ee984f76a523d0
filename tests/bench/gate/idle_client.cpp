// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/gate/idle_client.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string_view>
#include <vector>

#include "kmod-helpers/workload/client_queue.h"
#include "kmod-helpers/workload/kfd_client.h"

namespace penstock::bench {
namespace {

using workload::ClientQueue;
using workload::KfdClient;

constexpr std::string_view ready = "ready";

struct Belongings {
    KfdClient client;
    std::vector<std::unique_ptr<ClientQueue>> queues{};
};

Result<Belongings> acquire(const std::string& kfd_path,
                           std::uint32_t gpu_id,
                           std::uint32_t queues) {
    Result<KfdClient> client = KfdClient::open(kfd_path);
    if (!client) {
        return std::unexpected(std::move(client).error());
    }
    if (Result<> enabled = client->enable_runtime(); !enabled) {
        return std::unexpected(std::move(enabled).error());
    }
    Belongings belongings{.client = std::move(*client)};
    belongings.queues.reserve(queues);
    for (std::uint32_t made = 0; made < queues; ++made) {
        auto queue = ClientQueue::create(belongings.client, {.gpu_id = gpu_id});
        if (!queue) {
            return std::unexpected(std::move(queue).error());
        }
        belongings.queues.push_back(std::move(*queue));
    }
    return belongings;
}

[[noreturn]] void live(const Fd& told, const Result<Belongings>& belongings) {
    const std::string words = belongings ? std::string(ready) : belongings.error().message();
    // Nobody listens only when the benchmark is gone, and then we are too.
    static_cast<void>(::write(told.get(), words.data(), words.size()));
    for (;;) {
        ::pause();
    }
}

}  // namespace

Result<IdleClient> IdleClient::start(const std::string& kfd_path,
                                     std::uint32_t gpu_id,
                                     std::uint32_t queues) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(errno, "make a pipe");
    }
    const Fd heard(ends[0]);
    Fd told(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0) {
        return fail(errno, "start a client");
    }
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        live(told, acquire(kfd_path, gpu_id, queues));
    }
    IdleClient client(pid);
    told.reset();
    std::array<char, 256> words{};
    const ssize_t count = ::read(heard.get(), words.data(), words.size());
    const std::string_view answer(words.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    if (answer != ready) {
        return fail("the client said '" + std::string(answer) + "' instead of '" +
                    std::string(ready) + "'");
    }
    return client;
}

IdleClient::~IdleClient() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

}  // namespace penstock::bench
