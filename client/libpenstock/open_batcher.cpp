// SPDX-License-Identifier: Apache-2.0
//
// The batcher's functions: what they are given is looked through here, and nothing is thrown out.

#include "client/libpenstock/open_batcher.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace {

using penstock::Result;
using penstock::batching::BatchScale;
using penstock::client::BatchDesk;
using penstock::client::failed;

int answer(const Result<>& result) {
    return result ? 0 : failed(result.error());
}

// One thread at a time, and none waits for another. The standard library throws for want of memory
// only, given what was looked through before.
template <typename... Arguments>
int inside(penstock_batcher* batcher,
           int (*call)(penstock_batcher&, Arguments...),
           std::type_identity_t<Arguments>... arguments) {
    if (batcher == nullptr) {
        return failed(EINVAL, "there is no batcher");
    }
    if (batcher->occupied.test_and_set(std::memory_order_acquire)) {
        return failed(EBUSY, "another thread is inside the batcher");
    }
    int result = 0;
    try {
        result = call(*batcher, arguments...);
    } catch (const std::exception& thrown) {
        result = failed(ENOMEM, thrown.what());
    }
    batcher->occupied.clear(std::memory_order_release);
    return result;
}

Result<std::unique_ptr<penstock_batcher>> make(std::string_view text) {
    namespace batching = penstock::batching;
    if (text.size() > batching::ConfigValues::most_bytes) {
        return penstock::fail(EINVAL, "the configuration is longer than a MiB");
    }
    const Result<batching::ConfigValues> values = batching::ConfigValues::parse("config", text);
    if (!values) {
        return std::unexpected(values.error());
    }
    const Result<batching::BatchingConfig> config = batching::make_config(*values);
    if (!config) {
        return std::unexpected(config.error());
    }
    Result<std::unique_ptr<BatchDesk>> desk = BatchDesk::make(*config);
    if (!desk) {
        return penstock::fail(values->place("bin_boundaries") + desk.error().doing);
    }
    const std::uint32_t most = (*desk)->most();
    return std::make_unique<penstock_batcher>(*std::move(desk), most);
}

int open(std::string_view text, penstock_batcher*& batcher) {
    auto made = make(text);
    if (!made) {
        return failed(EINVAL, made.error().message().c_str());
    }
    batcher = made->release();
    return 0;
}

// Of what was set and what the board says, the lesser.
BatchScale scale_of(const penstock_batcher& batcher) {
    if (batcher.followed == nullptr) {
        return batcher.set;
    }
    const double asked = batcher.followed->view.summary(batcher.followed->node).batch_scale;
    return std::min(batcher.set, BatchScale::from(asked).value_or(BatchScale()));
}

int set_scale(penstock_batcher& batcher, double scale) {
    const std::optional<BatchScale> wanted = BatchScale::from(scale);
    if (!wanted) {
        return failed(EINVAL, "a scale is a number from 0 to 1");
    }
    batcher.set = *wanted;
    batcher.desk->set_scale(scale_of(batcher));
    return 0;
}

int follow(penstock_batcher& batcher, const penstock_client* client) {
    batcher.followed = client;
    return 0;
}

int submit(penstock_batcher& batcher, const penstock_batch_request& request) {
    batcher.desk->set_scale(scale_of(batcher));
    return answer(batcher.desk->submit(request));
}

int cancel(penstock_batcher& batcher, std::int64_t id) {
    return answer(batcher.desk->cancel(id));
}

int flush(penstock_batcher& batcher) {
    batcher.desk->flush();
    return 0;
}

int completed(penstock_batcher& batcher,
              std::uint32_t device,
              std::int64_t now_ns,
              penstock::client::Outputs outputs) {
    return answer(batcher.desk->completed(device, now_ns, outputs));
}

int next(penstock_batcher& batcher,
         std::uint32_t device,
         std::int64_t now_ns,
         penstock_next_batch& batch) {
    const BatchScale scale = scale_of(batcher);
    batcher.desk->set_scale(scale);
    const Result<BatchDesk::Written> written =
        batcher.desk->next(device, now_ns, {batch.items, batch.capacity});
    if (!written) {
        return failed(written.error());
    }
    batch.count = static_cast<std::uint32_t>(written->items);
    batch.running = written->running;
    batch.waiting = batcher.desk->waiting();
    batch.most = batcher.desk->most();
    batch.scale = static_cast<double>(scale.millionths()) / BatchScale::whole;
    return 0;
}

}  // namespace

// size_t as C knows it: the other one would make all of std a part of the described interface.
int penstock_batcher_open(const char* config, size_t length, penstock_batcher** batcher) {
    if (batcher == nullptr) {
        return failed(EINVAL, "there is no place for the batcher");
    }
    *batcher = nullptr;
    if (config == nullptr) {
        return failed(EINVAL, "there is no configuration");
    }
    try {
        return open({config, length}, *batcher);
    } catch (const std::exception& thrown) {
        return failed(ENOMEM, thrown.what());
    }
}

void penstock_batcher_close(penstock_batcher* batcher) {
    const std::unique_ptr<penstock_batcher> ended(batcher);
}

int penstock_batcher_set_scale(penstock_batcher* batcher, double scale) {
    return inside(batcher, &set_scale, scale);
}

int penstock_batcher_follow(penstock_batcher* batcher, const penstock_client* client) {
    return inside(batcher, &follow, client);
}

int penstock_batcher_submit(penstock_batcher* batcher, const penstock_batch_request* request) {
    penstock_batch_request asked{};
    if (request == nullptr ||
        !penstock::client::copy_sized(&asked, sizeof(asked), request, request->size)) {
        return failed(EINVAL, "the request does not say its size");
    }
    return inside(batcher, &submit, asked);
}

int penstock_batcher_cancel(penstock_batcher* batcher, std::int64_t id) {
    return inside(batcher, &cancel, id);
}

int penstock_batcher_flush(penstock_batcher* batcher) {
    return inside(batcher, &flush);
}

int penstock_batcher_next(penstock_batcher* batcher,
                          std::uint32_t device,
                          std::int64_t now_ns,
                          penstock_next_batch* batch) {
    penstock_next_batch asked{};
    if (batch == nullptr ||
        !penstock::client::copy_sized(&asked, sizeof(asked), batch, batch->size)) {
        return failed(EINVAL, "the batch does not say its size");
    }
    if (asked.items == nullptr && asked.capacity > 0) {
        return failed(EINVAL, "there is no place for the items");
    }
    const int result = inside(batcher, &next, device, now_ns, asked);
    if (result == 0) {
        static_cast<void>(penstock::client::copy_sized(batch, sizeof(asked), &asked, asked.size));
    }
    return result;
}

int penstock_batcher_completed(penstock_batcher* batcher,
                               std::uint32_t device,
                               std::int64_t now_ns,
                               const penstock_batch_output* outputs,
                               size_t count) {
    if (outputs == nullptr && count > 0) {
        return failed(EINVAL, "there are no outputs");
    }
    return inside(batcher, &completed, device, now_ns, penstock::client::Outputs(outputs, count));
}

std::uint32_t penstock_batcher_most(const penstock_batcher* batcher) {
    return batcher != nullptr ? batcher->most : 0;
}
