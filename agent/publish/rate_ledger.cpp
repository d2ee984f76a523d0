// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/rate_ledger.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>

#include "agent/publish/bus_name.h"
#include "agent/publish/connection.h"
#include "agent/publish/gpu_object.h"
#include "agent/publish/memory_object.h"
#include "agent/publish/package_object.h"
#include "agent/publish/process_object.h"
#include "agent/publish/vtable.h"

namespace penstock::dbus {
namespace {

bool is_number(std::string_view signature) {
    return signature == "u" || signature == "t" || signature == "d";
}

// As bus_name.h has it.
bool is_unknown(char type, std::uint64_t bits) {
    if (type == 'd') {
        const auto value = std::bit_cast<double>(bits);
        return std::isnan(value) || value == unknown_ratio;
    }
    return type == 't' && bits == unknown_rate;
}

std::uint64_t incarnation_of(const ProcessObject& process) {
    return process.owner.id.value;
}

std::uint64_t incarnation_of(const auto& /*object*/) {
    return 0;
}

// 0 where the message has no such number.
std::uint64_t next_number(sd_bus_message* values, char type) {
    if (type == 'u') {
        std::uint32_t small = 0;
        sd_bus_message_read_basic(values, type, &small);
        return small;
    }
    std::uint64_t bits = 0;
    sd_bus_message_read_basic(values, type, &bits);
    return bits;
}

}  // namespace

RateLedger::RateLedger()
    : process_(kind_of(process_interface, process_vtable())),
      gpu_(kind_of(gpu_interface, gpu_vtable())),
      memory_(kind_of(memory_interface, memory_vtable())),
      package_(kind_of(package_interface, package_vtable())) {}

RateLedger::Kind RateLedger::kind_of(const char* interface, const sd_bus_vtable* table) {
    Kind kind{.interface = interface};
    for (const sd_bus_vtable* row = table; row->type != _SD_BUS_VTABLE_END; ++row) {
        if (row->type == _SD_BUS_VTABLE_PROPERTY && row->flags == not_announced &&
            is_number(row->x.property.signature)) {
            kind.members.push_back({.name = row->x.property.member,
                                    .type = *row->x.property.signature,
                                    .get = row->x.property.get});
        }
    }
    return kind;
}

void RateLedger::note(sd_bus* bus, Surface& surface, std::uint64_t round) {
    round_ = round;
    look_at_all(bus, memory_prefix, memory_, surface.memory);
    look_at_all(bus, package_prefix, package_, surface.packages);
    look_at_all(bus, gpu_prefix, gpu_, surface.gpus);
    look_at_all(bus, process_prefix, process_, surface.processes);
    std::erase_if(pages_, [&](const auto& page) { return page.second.seen_in != round; });
}

template <typename Objects>
void RateLedger::look_at_all(sd_bus* bus, const char* prefix, const Kind& kind, Objects& objects) {
    for (const auto& [number, object] : objects) {
        look(bus, numbered_path(prefix, number), kind, object.get(), incarnation_of(*object));
    }
}

void RateLedger::look(sd_bus* bus,
                      const std::string& path,
                      const Kind& kind,
                      void* object,
                      std::uint64_t incarnation) {
    Page& page = pages_[path];
    if (page.kind != &kind || page.incarnation != incarnation) {
        page = {.kind = &kind, .incarnation = incarnation};
    }
    page.seen_in = round_;
    // A message that is never sent: getters write into nothing else.
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_signal(bus, &raw, path.c_str(), kind.interface, "Numbers");
    const Message values(raw);
    for (const Member& member : kind.members) {
        result =
            result < 0
                ? result
                : member.get(bus, path.c_str(), kind.interface, member.name, raw, object, nullptr);
    }
    result = result < 0 ? result : sd_bus_message_seal(raw, 1, 0);
    result = result < 0 ? result : sd_bus_message_rewind(raw, 1);
    if (result >= 0) {
        enter(raw, page, round_);
    }
}

void RateLedger::enter(sd_bus_message* values, Page& page, std::uint64_t round) {
    const bool is_new = page.cells.empty();
    page.cells.resize(page.kind->members.size());
    auto cell = page.cells.begin();
    for (const Member& member : page.kind->members) {
        const std::uint64_t bits = next_number(values, member.type);
        const bool differs = is_new ? !is_unknown(member.type, bits) : bits != cell->bits;
        *cell = {.bits = bits, .changed_in = differs ? round : cell->changed_in};
        ++cell;
    }
}

std::vector<RateLedger::Number> RateLedger::changed_after(std::uint64_t round, const Page& page) {
    std::vector<Number> numbers;
    auto member = page.kind->members.begin();
    for (const Cell& cell : page.cells) {
        if (cell.changed_in > round) {
            numbers.push_back({.member = member->name, .type = member->type, .bits = cell.bits});
        }
        ++member;
    }
    return numbers;
}

bool RateLedger::each_changed_after(std::uint64_t round,
                                    const std::function<bool(const News&)>& tell) const {
    for (const auto& [path, page] : pages_) {
        const News news{
            .path = path, .interface = page.kind->interface, .numbers = changed_after(round, page)};
        if (!news.numbers.empty() && !tell(news)) {
            return false;
        }
    }
    return true;
}

}  // namespace penstock::dbus
