// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/server.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/clock.h"
#include "base/journal.h"
#include "kmod-helpers/emulator/server/machine_files.h"

namespace penstock::emulator {

namespace {

constexpr std::size_t serving_threads = 3;
// Above the largest ioctl(2) argument and the largest name, and what the kernel asks for at least.
constexpr std::size_t buffer_bytes = 64 * 1024;
constexpr std::uint32_t largest_write = 4096;  // More than any sensible line of faults.

}  // namespace

Server::Server(Opened opened, const Preset& preset, const DriverSettings& settings)
    : channel_(std::move(opened.channel)),
      engine_(std::move(opened.engine)),
      shared_memory_(std::move(opened.memory)),
      answers_(channel_),
      tasks_(Tree("/proc")),
      driver_({memory_, tasks_, caller_files_, *engine_, answers_}, settings),
      turnstile_([this] { engine_->set_alarm(driver_.run(monotonic_now())); }),
      fixed_files_(machine_files(preset, driver_)),
      queue_files_(driver_.owners(), gpu_ids_of(preset)),
      tree_({&fixed_files_, &queue_files_}),
      driver_file_(driver_, open_files_, channel_),
      file_server_({tree_, open_files_, driver_file_, channel_}) {
    for (const PresetDevice& device : preset.devices) {
        driver_.devices().add(device, Device::make(device.settings, memory_, driver_));
    }
}

Result<std::unique_ptr<Server>> Server::start(const std::string& mount_point,
                                              const Preset& preset,
                                              const DriverSettings& settings,
                                              std::function<void()> on_unmount) {
    Result<FuseChannel> channel = FuseChannel::open();
    Result<std::unique_ptr<Engine>> engine = Engine::make();
    Result<SharedMemory> memory = SharedMemory::make();
    if (!channel) {
        return std::unexpected(channel.error());
    }
    if (!engine) {
        return std::unexpected(engine.error());
    }
    if (!memory) {
        return std::unexpected(memory.error());
    }
    std::unique_ptr<Server> server(new Server(
        {std::move(*channel), std::move(*engine), std::move(*memory)}, preset, settings));
    Result<Mount> mount = Mount::at(mount_point, server->channel_.file());
    if (!mount) {
        return std::unexpected(mount.error());
    }
    server->mount_.emplace(std::move(*mount));
    server->start_threads(std::move(on_unmount));
    return server;
}

Server::~Server() {
    mount_.reset();
    engine_->stop();
}

void Server::start_threads(std::function<void()> on_unmount) {
    threads_.emplace_back([this] {
        engine_->run({.alarm = [this] { turnstile_.pass([this] { engine_->alarm_rang(); }); },
                      .death =
                          [this](std::uint32_t tgid) {
                              turnstile_.pass([this, tgid] {
                                  if (engine_->confirm_death(tgid)) {
                                      driver_.died(tgid, monotonic_now());
                                  }
                              });
                          }});
    });
    for (std::size_t thread = 0; thread < serving_threads; ++thread) {
        threads_.emplace_back([this, on_unmount] {
            serve();
            on_unmount();
        });
    }
}

void Server::serve() {
    std::vector<std::byte> buffer(buffer_bytes);
    while (const std::optional<FuseRequest> request = channel_.next(buffer)) {
        if (request->header.opcode == FUSE_READ) {
            file_server_.read(*request, turnstile_);
            continue;
        }
        // Another thread may get to it after this one has read the next into its buffer.
        std::vector<std::byte> body(request->body.begin(), request->body.end());
        turnstile_.pass([this, header = request->header, body = std::move(body)] {
            route({.header = header, .body = body});
        });
    }
}

void Server::route(const FuseRequest& request) {
    switch (request.header.opcode) {
        case FUSE_INIT:
            negotiate(request);
            return;
        case FUSE_IOCTL:
            driver_file_.ioctl(request, monotonic_now());
            return;
        case FUSE_INTERRUPT:
            driver_file_.interrupt(request);
            return;
        case FUSE_DESTROY:
            channel_.fail(request.header.unique, 0);
            return;
        default:
            if (!file_server_.serve(request, monotonic_now())) {
                channel_.fail(request.header.unique, -ENOSYS);
            }
    }
}

void Server::negotiate(const FuseRequest& request) {
    // Kernels before 7.36 send a shorter one, without the upper half of the flags.
    fuse_init_in in{};
    std::memcpy(&in, request.body.data(), std::min(sizeof(in), request.body.size()));
    const std::uint64_t offered = in.flags | (static_cast<std::uint64_t>(in.flags2) << 32);
    const bool passes = (offered & fuse::init_ext) != 0 && (offered & fuse::passthrough) != 0;
    const std::uint64_t taken = passes ? fuse::init_ext | fuse::passthrough : 0;
    fuse::InitOut out{.major = FUSE_KERNEL_VERSION,
                      .minor = std::min(in.minor, fuse::our_minor),
                      .flags = static_cast<std::uint32_t>(taken),
                      .max_background = 16,
                      .max_write = largest_write,
                      .time_gran = 1,
                      .flags2 = static_cast<std::uint32_t>(taken >> 32),
                      .max_stack_depth = passes ? 1U : 0U};
    channel_.reply_with(request.header.unique, out);
    const Result<std::int32_t> backing =
        passes ? shared_memory_.offer_to(channel_.file()) : fail("the kernel has no passthrough");
    if (backing) {
        driver_file_.pass_through(*backing);
    } else {
        journal(Severity::notice, "clients can map nothing: " + backing.error().message());
    }
}

}  // namespace penstock::emulator
