// SPDX-License-Identifier: Apache-2.0
//
// Workload: the jobs of a scenario as processes that make requests, launch their packets, and wait
// for them.
//
// A stream launches one packet after the other. Where a library of ours is in the process, it has
// no more in flight than its threshold, and stops when it is told to; the moves of its queue's
// pointer are what the gate sees.

#pragma once

#include <optional>
#include <vector>

#include "sim/machine/accelerator.h"
#include "sim/machine/agenda.h"
#include "sim/machine/figures.h"
#include "sim/machine/law.h"

namespace penstock::sim {

// Told of moves of write pointers.
class PointerWatch {
  public:
    virtual ~PointerWatch() = default;
    virtual void launched(std::uint32_t process, TimePoint now) = 0;
};

class Workload {
  public:
    struct Machine {
        std::vector<Accelerator>& accelerators;
        Agenda& agenda;
        PointerWatch& watch;
    };

    // `native`: without a library in the processes, so that nothing bounds what is in flight.
    Workload(const Scenario& scenario, Machine machine, bool native);

    // Makes the processes and their first requests.
    void start(TimePoint now);

    // Requests that arrive from then on count; others were the warm-up's.
    void measure_from(TimePoint when) { measured_from_ = when; }

    // What is under way is finished, and no new requests are made.
    void wind_down() { winding_down_ = true; }

    void happen(const Event& event);
    void packet_ended(std::size_t device, std::uint32_t queue, TimePoint now);

    // Suspends the process or resumes it, as it was ordered some time before.
    void order(std::uint32_t number, bool suspends, TimePoint now);

    // The process is killed; nothing of it is left on the device.
    void die(std::uint32_t number, TimePoint now);

    // It has been decided; how long it takes to yield counts from here.
    void note_preemption(std::uint32_t number, TimePoint now);

    // What the gate sees of a process: whether packets wait, and how many were ever written.
    struct Sight {
        bool work = false;
        std::uint64_t written = 0;
    };

    [[nodiscard]] Sight look(std::uint32_t number) const;

    struct Process {
        std::uint32_t job = 0;
        std::uint32_t owner = 0;  // Its number on the device.
        std::vector<std::uint32_t> streams{};
        std::uint64_t written = 0;
        std::uint32_t requests = 0;  // Under way.
        bool dead = false;
        bool stopped = false;
        std::optional<TimePoint> suspended_since{};
        bool yields = false;
        TimePoint yields_since{};
        TimePoint served_at{};  // Its last packet ended, or it got work.
    };

    [[nodiscard]] const std::vector<Process>& processes() const { return processes_; }

    [[nodiscard]] std::size_t device_of(std::uint32_t process) const {
        return scenario_.jobs[processes_[process].job].device;
    }

    // What became of requests and queues in the whole run.
    void note_outcome();

    // Nothing is under way.
    [[nodiscard]] bool idle() const { return under_way_ == 0; }

    RunFigures& figures() { return figures_; }

  private:
    struct Request {
        TimePoint arrived{};
        Chance chance{};  // For the lengths of its packets, whoever decides when they run.
        std::uint32_t to_launch = 0;
        std::uint32_t to_end = 0;
        Duration work{};
    };

    // idle ──► launching ──► full ──► waking ──► launching; stopped until the process is resumed.
    enum class State : std::uint8_t { idle, launching, full, waking, stopped };

    struct Stream {
        std::uint32_t process = 0;
        std::uint32_t queue = 0;  // Its number on the device.
        State state = State::idle;
        bool served = false;  // A request of it has ended.
        std::uint32_t in_flight = 0;
        std::size_t launched = 0;  // Requests at the front whose packets are all launched.
        Line<Request> requests{};
    };

    struct Job {
        ArrivalTimes arrivals;
        Chance chance;
        Chance choice;  // Of who of a mix gets a request.
        std::uint64_t made = 0;
        std::vector<std::uint32_t> processes{};
        std::size_t latest = 0;  // Of them, the one that got the latest request.
        TimePoint ended_at{};    // Its latest request; the epoch for none.
    };

    [[nodiscard]] const DeviceModel& device_model(const Stream& stream) const;
    [[nodiscard]] std::uint32_t threshold(const DeviceModel& model) const;
    [[nodiscard]] std::uint32_t batch(const DeviceModel& model) const;
    void add_process(std::uint32_t job);
    void plan_arrival(std::uint32_t job);
    [[nodiscard]] std::uint32_t drawn_of_mix(std::uint32_t leader);
    void arrive(std::uint32_t job, TimePoint now);
    void take(std::uint32_t number, TimePoint now);  // Of a job.
    std::uint32_t least_busy_stream(Job& job);
    void make_request(std::uint32_t number, TimePoint now);  // Of a stream, as the next three.
    void go_on(std::uint32_t number, TimePoint now);
    void launch(std::uint32_t number, TimePoint now);
    void request_ended(std::uint32_t number, TimePoint now);
    void note_gap(std::uint32_t job, TimePoint now);
    void note_service(Process& process, TimePoint now);
    void note_yield(Process& process, TimePoint now);
    void note_suspension(Process& process, bool suspends, TimePoint now);

    const Scenario& scenario_;
    Machine machine_;
    bool native_;
    bool winding_down_ = false;
    TimePoint measured_from_{};
    std::vector<Job> jobs_{};
    std::vector<Process> processes_{};
    std::vector<Stream> streams_{};
    std::vector<std::vector<std::uint32_t>> stream_of_{};  // By device and queue.
    std::uint64_t under_way_ = 0;
    RunFigures figures_{};
};

}  // namespace penstock::sim
