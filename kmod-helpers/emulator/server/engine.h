// SPDX-License-Identifier: Apache-2.0
//
// Engine: the emulator's one thread that wakes by itself: when the devices have something due, when
// a wait ends, and when a client dies. With nothing due it sleeps.

#pragma once

#include <functional>
#include <map>

#include "base/fd.h"
#include "base/units.h"
#include "kmod-helpers/emulator/driver/ports.h"
#include "kmod-helpers/emulator/server/process_memory.h"

namespace penstock::emulator {

class Engine final : public Deaths {
  public:
    static Result<std::unique_ptr<Engine>> make();

    // Called under the driver's turnstile, as watch() is. TimePoint::max() is never.
    void set_alarm(TimePoint when);

    void alarm_rang() { armed_ = TimePoint::max(); }

    bool watch(std::uint32_t tgid) override;

    void unwatch(std::uint32_t tgid) override { processes_.erase(tgid); }

    bool has_same_memory(std::uint32_t tgid) override;

    // Whether the death that was told is that of the process watched now. If not, its own will be.
    bool confirm_death(std::uint32_t tgid);

    struct Callbacks {
        std::function<void()> alarm{};
        std::function<void(std::uint32_t tgid)> death{};
    };

    // The thread's body: returns after stop().
    void run(const Callbacks& callbacks);
    void stop();

  private:
    struct Watched {
        Fd process;
        ProcessMemory memory;
    };

    // False when the engine is to stop.
    [[nodiscard]] bool tell(std::uint64_t about, const Callbacks& callbacks) const;

    Engine(Fd poll, Fd timer, Fd stopped)
        : poll_(std::move(poll)), timer_(std::move(timer)), stopped_(std::move(stopped)) {}

    Fd poll_;
    Fd timer_;
    Fd stopped_;
    TimePoint armed_ = TimePoint::max();
    std::map<std::uint32_t, Watched> processes_;
};

}  // namespace penstock::emulator
