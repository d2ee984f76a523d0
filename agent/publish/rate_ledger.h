// SPDX-License-Identifier: Apache-2.0
//
// RateLedger: the numbers of objects that are not announced to everybody, and in which round each
// of them last changed, so that whoever subscribed is told what is new to him and no more.
//
// Which numbers these are, the vtables say: every property that clients else learn only by asking
// again, and that is one number. The values come from the same getters.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/publish/surface.h"

namespace penstock::dbus {

class RateLedger {
  public:
    struct Number {
        const char* member = "";
        char type = 't';  // Of D-Bus: 'u', 't' or 'd'.
        std::uint64_t bits = 0;
    };

    struct News {
        const std::string& path;
        const char* interface;
        std::vector<Number> numbers{};
    };

    RateLedger();
    ~RateLedger() = default;
    // Its pages point to its kinds.
    RateLedger(const RateLedger&) = delete;
    RateLedger& operator=(const RateLedger&) = delete;
    RateLedger(RateLedger&&) = delete;
    RateLedger& operator=(RateLedger&&) = delete;

    // Rounds count from 1. What is unknown of a new object is no news.
    void note(sd_bus* bus, Surface& surface, std::uint64_t round);

    // Tells each object of which numbers have changed after this round; ends early, and says false,
    // when `tell` does.
    bool each_changed_after(std::uint64_t round,
                            const std::function<bool(const News&)>& tell) const;

    void forget_all() { pages_.clear(); }

  private:
    struct Member {
        const char* name = "";
        char type = 't';
        sd_bus_property_get_t get = nullptr;
    };

    struct Kind {
        const char* interface = "";
        std::vector<Member> members{};
    };

    struct Cell {
        std::uint64_t bits = 0;
        std::uint64_t changed_in = 0;
    };

    // Of one object.
    struct Page {
        const Kind* kind = nullptr;
        std::uint64_t incarnation = 0;
        std::uint64_t seen_in = 0;
        std::vector<Cell> cells{};  // By member of the kind.
    };

    static Kind kind_of(const char* interface, const sd_bus_vtable* table);
    template <typename Objects>
    void look_at_all(sd_bus* bus, const char* prefix, const Kind& kind, Objects& objects);
    void look(sd_bus* bus,
              const std::string& path,
              const Kind& kind,
              void* object,
              std::uint64_t incarnation);
    static std::vector<Number> changed_after(std::uint64_t round, const Page& page);
    static void enter(sd_bus_message* values, Page& page, std::uint64_t round);

    Kind process_;
    Kind gpu_;
    Kind memory_;
    Kind package_;
    std::uint64_t round_ = 0;
    std::map<std::string, Page> pages_{};  // By path.
};

}  // namespace penstock::dbus
