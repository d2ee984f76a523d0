// SPDX-License-Identifier: Apache-2.0
//
// Server: the emulated machine behind a mounted file system: the driver, its devices and files, and
// the threads that serve them. Ends when the file system is unmounted.

#pragma once

#include <thread>
#include <vector>

#include "kmod-helpers/emulator/preset.h"
#include "kmod-helpers/emulator/server/engine.h"
#include "kmod-helpers/emulator/server/file_server.h"
#include "kmod-helpers/emulator/server/fixed_files.h"
#include "kmod-helpers/emulator/server/mount.h"
#include "kmod-helpers/emulator/server/queue_files.h"
#include "kmod-helpers/emulator/server/shared_memory.h"
#include "kmod-helpers/emulator/server/system_ports.h"

namespace penstock::emulator {

class Server {
  public:
    // `on_unmount` is called from a thread of the server when somebody else unmounted it.
    static Result<std::unique_ptr<Server>> start(const std::string& mount_point,
                                                 const Preset& preset,
                                                 const DriverSettings& settings,
                                                 std::function<void()> on_unmount);

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Unmounts: calls under way end with an error.
    ~Server();

  private:
    struct Opened {
        FuseChannel channel;
        std::unique_ptr<Engine> engine;
        SharedMemory memory;
    };

    Server(Opened opened, const Preset& preset, const DriverSettings& settings);

    void start_threads(std::function<void()> on_unmount);
    void serve();
    void route(const FuseRequest& request);
    void negotiate(const FuseRequest& request);

    FuseChannel channel_;
    std::unique_ptr<Engine> engine_;
    SharedMemory shared_memory_;
    IoctlAnswers answers_;
    SystemMemory memory_;
    SystemTasks tasks_;
    SystemFiles caller_files_;
    Driver driver_;
    Turnstile turnstile_;
    FixedFiles fixed_files_;
    QueueFiles queue_files_;
    FileTree tree_;
    OpenFiles open_files_;
    DriverFile driver_file_;
    FileServer file_server_;
    std::optional<Mount> mount_;
    std::vector<std::jthread> threads_;
};

}  // namespace penstock::emulator
