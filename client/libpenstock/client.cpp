// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/client.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

#include "client/libpenstock/include/penstock/penstock.h"

namespace penstock::client {
namespace {

std::atomic<unsigned> fork_count{};
std::atomic<unsigned> child_count{};

constexpr std::size_t longest_sentence = 512;
thread_local std::array<char, longest_sentence> sentence{};

// Once in a process, and its children inherit it.
bool count_forks() {
    static const bool counted =
        ::pthread_atfork(
            nullptr, [] { child_count.fetch_add(1); }, [] { fork_count.fetch_add(1); }) == 0;
    return counted;
}

constexpr std::uint32_t longest_wait_ms = 60'000;

Result<std::unique_ptr<penstock_client>> open(const penstock_options& options) {
    if (!count_forks()) {
        return fail(ENOMEM, "watch for forks");
    }
    Result<BoardView> view = BoardView::make();
    if (!view) {
        return std::unexpected(std::move(view).error());
    }
    Result<std::unique_ptr<HintView>> hints = HintView::make();
    if (!hints) {
        return std::unexpected(std::move(hints).error());
    }
    auto client = std::make_unique<penstock_client>(*std::move(view), *std::move(hints));
    client->address = options.bus != nullptr ? options.bus : "system";
    client->node = options.node;
    client->critical = options.critical != 0;
    Result<std::unique_ptr<BoardKeeper>> keeper =
        BoardKeeper::start(client->address, client->view, *client->hints);
    if (!keeper) {
        return std::unexpected(std::move(keeper).error());
    }
    client->keeper = *std::move(keeper);
    if (options.wait_ms > 0) {
        client->keeper->wait(std::chrono::milliseconds(std::min(options.wait_ms, longest_wait_ms)));
    }
    return client;
}

}  // namespace

unsigned forks() {
    return fork_count.load(std::memory_order_relaxed);
}

unsigned children() {
    return child_count.load(std::memory_order_relaxed);
}

int failed(int code, const char* why) {
    static_cast<void>(std::snprintf(sentence.data(), sentence.size(), "%s", why));
    return -code;
}

int failed(const Error& error) {
    return failed(error.code != 0 ? error.code : EIO, error.message().c_str());
}

bool copy_sized(void* into, std::size_t known, const void* from, std::size_t given) {
    if (given < sizeof(std::size_t)) {
        return false;
    }
    std::memcpy(into, from, std::min(known, given));
    return true;
}

}  // namespace penstock::client

using penstock::client::failed;

int penstock_open(const penstock_options* options, penstock_client** client) {
    if (client == nullptr) {
        return failed(EINVAL, "there is no place for the client");
    }
    *client = nullptr;
    penstock_options wanted{.size = sizeof(penstock_options),
                            .bus = nullptr,
                            .wait_ms = 0,
                            .node = PENSTOCK_ALL_NODES,
                            .critical = 0};
    if (options != nullptr &&
        !penstock::client::copy_sized(&wanted, sizeof(wanted), options, options->size)) {
        return failed(EINVAL, "the options do not say their size");
    }
    // Nothing may be thrown at a program in C; what the standard library throws is a lack of memory
    // or of threads.
    try {
        auto opened = penstock::client::open(wanted);
        if (!opened) {
            return failed(opened.error());
        }
        *client = opened->release();
        return 0;
    } catch (const std::exception& thrown) {
        return failed(ENOMEM, thrown.what());
    }
}

void penstock_close(penstock_client* client) {
    if (client == nullptr) {
        return;
    }
    const std::unique_ptr<penstock_client> ended(client);
    if (ended->is_forked()) {
        ended->keeper->abandon();
        ended->lease_buses.abandon();
    }
    ended->keeper.reset();
}

const char* penstock_reason(const penstock_client* client) {
    if (client == nullptr) {
        return "there is no client";
    }
    using Standing = penstock::client::BoardView::Standing;
    switch (client->view.standing()) {
        case Standing::live:
            return "";
        case Standing::silent:
            return "the agent has fallen silent";
        case Standing::none:
            break;
    }
    const char* reason = client->keeper->reason();
    return *reason != '\0' ? reason : "the board is being looked for";
}

const char* penstock_error() {
    return penstock::client::sentence.data();
}
