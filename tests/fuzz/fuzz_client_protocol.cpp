// SPDX-License-Identifier: Apache-2.0
//
// Client protocol: whatever a stranger sends, reading ends with a record that is safe to act on and
// to print, or with a sentence; and no order makes a client go beyond its abilities.

#include "client/cooperation/obey.h"
#include "client/protocol/records.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

using client::Ability;
using client::Place;

bool is_printable(std::string_view text) {
    for (const char c : text) {
        if (c < ' ' || c > '~') {
            return false;
        }
    }
    return true;
}

// Trusts its caller to have checked everything.
class TrustingKeeper final : public client::QueueKeeper {
  public:
    explicit TrustingKeeper(std::uint32_t abilities) : abilities_(abilities) {}

    Result<std::uint32_t> suspend(Place /*place*/) override {
        require(has(abilities_, Ability::save) || has(abilities_, Ability::limit_launches));
        return 1;
    }

    Result<std::uint32_t> resume(Place place) override { return suspend(place); }

    Result<std::uint32_t> limit_launches(Place /*place*/, std::uint32_t /*packets*/) override {
        require(has(abilities_, Ability::limit_launches));
        return 1;
    }

    Result<std::uint32_t> set_priority(Place /*place*/, std::uint32_t priority) override {
        require(has(abilities_, Ability::set_priority));
        require(priority <= client::highest_priority || priority == client::own_priority);
        return 1;
    }

    Result<std::uint32_t> set_units(Place /*place*/,
                                    std::uint32_t first,
                                    std::uint32_t count) override {
        require(has(abilities_, Ability::set_units));
        require(std::uint64_t{first} + count <= client::most_units);
        return 1;
    }

    Result<> undo() override { return {}; }

  private:
    std::uint32_t abilities_;
};

template <typename T>
bool accepted(const Result<T>& read) {
    require(read.has_value() || !read.error().message().empty());
    return read.has_value();
}

void check_hello(std::span<const std::byte> packet) {
    const auto hello = client::read_hello(packet);
    if (!accepted(hello)) {
        return;
    }
    require(is_printable(client::library_of(*hello)));
    if (const auto version = client::common_version(*hello); accepted(version)) {
        require(*version >= hello->oldest && *version <= hello->newest);
        require(*version <= client::newest_version);
    }
}

void check_answer(std::span<const std::byte> packet) {
    const auto answer = client::read_answer(packet);
    if (accepted(answer) && std::holds_alternative<client::Refused>(*answer)) {
        require(is_printable(client::reason_of(std::get<client::Refused>(*answer))));
    }
}

void check_order(std::span<const std::byte> packet) {
    const auto order = client::read_order(packet);
    if (!accepted(order)) {
        return;
    }
    for (std::uint32_t abilities = 0; abilities < 16; ++abilities) {
        TrustingKeeper keeper(abilities);
        const client::Done done = client::obey(*order, abilities, keeper);
        require(done.serial == order->serial);
        require(client::read_done(client::bytes_of(done)).has_value());
    }
}

}  // namespace
}  // namespace penstock::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace penstock;
    const auto packet = std::as_bytes(std::span(bytes, size));
    fuzz::check_hello(packet);
    fuzz::check_answer(packet);
    fuzz::check_order(packet);
    if (const auto done = client::read_done(packet); fuzz::accepted(done)) {
        fuzz::require(done->error >= 0);
    }
    return 0;
}
