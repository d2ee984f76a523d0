// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/hints/hint_page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <new>
#include <string_view>

#include "client/libpenstock/include/penstock/hint.h"

namespace penstock {
namespace {

// The layout is frozen; tests/golden/hint_layout.txt says the same to those who read C.
static_assert(sizeof(penstock_hint_page) == PENSTOCK_HINT_SIZE);
static_assert(sizeof(penstock_hint_header) == 64);
static_assert(offsetof(penstock_hint_header, abi) == 4);
static_assert(offsetof(penstock_hint_header, size) == 8);
static_assert(offsetof(penstock_hint_page, progress) == 64);
static_assert(offsetof(penstock_hint_page, unit) == 72);
static_assert(offsetof(penstock_hint_page, phase) == 76);
static_assert(offsetof(penstock_hint_page, next_bytes) == 80);
static_assert(offsetof(penstock_hint_page, batch) == 88);

// The page's words are those of the snapshot, in their order.
template <typename Enum>
constexpr std::uint32_t word(Enum value) {
    return static_cast<std::uint32_t>(value);
}

static_assert(word(ProgressUnit::tokens) == PENSTOCK_UNIT_TOKENS);
static_assert(word(ProgressUnit::samples) == PENSTOCK_UNIT_SAMPLES);
static_assert(word(ProgressUnit::steps) == PENSTOCK_UNIT_STEPS);
static_assert(word(ProgressUnit::requests) == PENSTOCK_UNIT_REQUESTS);
static_assert(word(ProgressUnit::frames) == PENSTOCK_UNIT_FRAMES);
static_assert(word(WorkPhase::waiting) == PENSTOCK_PHASE_WAITING);
static_assert(word(WorkPhase::loading) == PENSTOCK_PHASE_LOADING);
static_assert(word(WorkPhase::prefill) == PENSTOCK_PHASE_PREFILL);
static_assert(word(WorkPhase::decode) == PENSTOCK_PHASE_DECODE);
static_assert(word(WorkPhase::training) == PENSTOCK_PHASE_TRAINING);

template <typename T>
T load(const T& field) {
    // An atomic reference of C++20 takes no const object, and only reads here.
    return std::atomic_ref(const_cast<T&>(field))  // NOLINT(*-const-cast)
        .load(std::memory_order_relaxed);
}

// Unknown, which is 0 of everything here, for what is out of range.
template <typename T>
T within(T value, T most) {
    return value <= most ? value : T{};
}

template <typename Enum>
Enum word_in(const std::uint32_t& field, Enum last) {
    return static_cast<Enum>(within(load(field), word(last)));
}

Result<> write_header(const Fd& file) {
    const penstock_hint_header header{.magic = PENSTOCK_HINT_MAGIC,
                                      .abi = PENSTOCK_HINT_ABI,
                                      .size = PENSTOCK_HINT_SIZE,
                                      .reserved = 0,
                                      .reserved_too = {}};
    const auto written = ::pwrite(file.get(), &header, sizeof(header), 0);
    return written == sizeof(header) ? Result<>() : fail(errno, "begin a hint page");
}

}  // namespace

HintPage::Report report_in(const penstock_hint_page& page) {
    return {.progress = load(page.progress),
            .hints = {.unit = word_in(page.unit, ProgressUnit::frames),
                      .phase = word_in(page.phase, WorkPhase::training),
                      .batch = within(load(page.batch), PENSTOCK_HINT_MOST_BATCH),
                      .next_bytes = within(load(page.next_bytes), PENSTOCK_HINT_MOST_BYTES)}};
}

Result<HintPage> HintPage::make() {
    Result<Fd> file = owned(::memfd_create("penstock-hints", MFD_CLOEXEC | MFD_ALLOW_SEALING),
                            "make a hint page");
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    if (::ftruncate(file->get(), PENSTOCK_HINT_SIZE) != 0) {
        return fail(errno, "give a hint page its length");
    }
    if (Result<> begun = write_header(*file); !begun) {
        return std::unexpected(std::move(begun).error());
    }
    if (::fcntl(file->get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
        return fail(errno, "seal a hint page");
    }
    Result<Mapping> memory =
        Mapping::open(*file, 0, PENSTOCK_HINT_SIZE, Mapping::Access::read_only);
    if (!memory) {
        return std::unexpected(std::move(memory).error());
    }
    return HintPage(*std::move(file), *std::move(memory));
}

Result<Fd> HintPage::for_client() const {
    return owned(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0), "copy a hint page's descriptor");
}

HintPage::Report HintPage::read() const {
    return report_in(*std::launder(reinterpret_cast<const penstock_hint_page*>(
        memory_.start())));  // NOLINT(*-reinterpret-cast)
}

}  // namespace penstock
