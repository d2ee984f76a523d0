// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/hint_view.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

namespace penstock::client {
namespace {

constexpr std::size_t page_bytes = PENSTOCK_HINT_SIZE;

template <typename T>
void put(T& field, T value) {
    std::atomic_ref(field).store(value, std::memory_order_relaxed);
}

Result<> check(const Fd& page) {
    struct stat found{};
    const int seals = ::fcntl(page.get(), F_GET_SEALS);
    const int wanted = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (::fstat(page.get(), &found) != 0 || found.st_size != page_bytes || seals < 0 ||
        (seals & wanted) != wanted) {
        return fail(EBADMSG, "the agent gave something that is no sealed hint page");
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<HintView>> HintView::make() {
    Result<Mapping> place = Mapping::reserve(page_bytes);
    if (!place) {
        return std::unexpected(std::move(place).error());
    }
    if (::mprotect(place->start(), page_bytes, PROT_READ | PROT_WRITE) != 0) {
        return fail(errno, "make a page for reports");
    }
    // The constructor is private, which make_unique can not reach.
    return std::unique_ptr<HintView>(new HintView(*std::move(place)));  // NOLINT(*-owning-memory)
}

Result<> HintView::show(const Fd& page) {
    if (Result<> sealed = check(page); !sealed) {
        return sealed;
    }
    void* fresh = ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, page.get(), 0);
    if (fresh == MAP_FAILED) {
        return fail(errno, "map the hint page");
    }
    const auto& header = static_cast<const penstock_hint_page*>(fresh)->header;
    if (header.magic != PENSTOCK_HINT_MAGIC || header.abi != PENSTOCK_HINT_ABI ||
        header.size != PENSTOCK_HINT_SIZE) {
        ::munmap(fresh, page_bytes);
        return fail(EPROTO, "the hint page is of another version of Penstock");
    }
    // In one step: who adds meanwhile adds to the one or to the other.
    if (::mremap(fresh, page_bytes, page_bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place_.start()) ==
        MAP_FAILED) {
        const int error = errno;
        ::munmap(fresh, page_bytes);
        return fail(error, "put the hint page in its place");
    }
    // Another client of this process may have said more on the page than we ever did.
    if (said_.load(std::memory_order_acquire)) {
        repeat();
    }
    shown_.store(true, std::memory_order_relaxed);
    return {};
}

penstock_hint_page& HintView::own() const {
    return *reinterpret_cast<penstock_hint_page*>(place_.start());  // NOLINT(*-reinterpret-cast)
}

const penstock_hint_page& HintView::page() const {
    return own();
}

// Looked at first, so that threads that report do not take the line from each other.
void HintView::want() {
    if (!wanted_.load(std::memory_order_relaxed)) {
        wanted_.store(true, std::memory_order_relaxed);
    }
}

void HintView::add(std::uint64_t units) {
    want();
    std::atomic_ref(own().progress).fetch_add(units, std::memory_order_relaxed);
}

void HintView::say(const Words& words) {
    unit_.store(words.unit, std::memory_order_relaxed);
    phase_.store(words.phase, std::memory_order_relaxed);
    batch_.store(words.batch, std::memory_order_relaxed);
    next_bytes_.store(words.next_bytes, std::memory_order_relaxed);
    said_.store(true, std::memory_order_release);
    repeat();
    want();
}

void HintView::repeat() {
    penstock_hint_page& page = own();
    put(page.unit, unit_.load(std::memory_order_relaxed));
    put(page.phase, phase_.load(std::memory_order_relaxed));
    put(page.batch, batch_.load(std::memory_order_relaxed));
    put(page.next_bytes, next_bytes_.load(std::memory_order_relaxed));
}

}  // namespace penstock::client
