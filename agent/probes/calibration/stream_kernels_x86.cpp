// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/stream_kernels_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>

namespace penstock::calibration {
namespace {

// Through void, because the bytes are the same whatever they are called.
const void* bytes(const Line& line) {
    return line.words.data();
}

void* bytes(Line& line) {
    return line.words.data();
}

std::uint64_t sum_of(const Line& line) {
    std::uint64_t sum = 0;
    for (const std::uint64_t word : line.words) {
        sum += word;
    }
    return sum;
}

[[gnu::target("avx512f")]] std::uint64_t read_avx512(std::span<const Line> from) {
    __m512i sums = _mm512_setzero_si512();
    for (const Line& line : from) {
        sums = _mm512_add_epi64(sums, _mm512_load_si512(line.words.data()));
    }
    Line total;
    _mm512_store_si512(total.words.data(), sums);
    return sum_of(total);
}

[[gnu::target("avx512f")]] void write_avx512(std::span<Line> into, std::uint64_t word) {
    const __m512i value = _mm512_set1_epi64(static_cast<long long>(word));
    for (Line& line : into) {
        _mm512_stream_si512(static_cast<__m512i*>(bytes(line)), value);
    }
    _mm_sfence();
}

[[gnu::target("avx512f")]] void copy_avx512(std::span<Line> into, std::span<const Line> from) {
    for (std::size_t each = 0; each < from.size(); ++each) {
        _mm512_stream_si512(static_cast<__m512i*>(bytes(into[each])),
                            _mm512_load_si512(from[each].words.data()));
    }
    _mm_sfence();
}

[[gnu::target("avx2")]] std::uint64_t read_avx2(std::span<const Line> from) {
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    for (const Line& line : from) {
        const auto* half = static_cast<const __m256i*>(bytes(line));
        low = _mm256_add_epi64(low, _mm256_load_si256(half));
        high = _mm256_add_epi64(high, _mm256_load_si256(half + 1));
    }
    Line total;
    auto* half = static_cast<__m256i*>(bytes(total));
    _mm256_store_si256(half, low);
    _mm256_store_si256(half + 1, high);
    return sum_of(total);
}

[[gnu::target("avx2")]] void write_avx2(std::span<Line> into, std::uint64_t word) {
    const __m256i value = _mm256_set1_epi64x(static_cast<long long>(word));
    for (Line& line : into) {
        auto* half = static_cast<__m256i*>(bytes(line));
        _mm256_stream_si256(half, value);
        _mm256_stream_si256(half + 1, value);
    }
    _mm_sfence();
}

[[gnu::target("avx2")]] void copy_avx2(std::span<Line> into, std::span<const Line> from) {
    for (std::size_t each = 0; each < from.size(); ++each) {
        const auto* source = static_cast<const __m256i*>(bytes(from[each]));
        auto* target = static_cast<__m256i*>(bytes(into[each]));
        _mm256_stream_si256(target, _mm256_load_si256(source));
        _mm256_stream_si256(target + 1, _mm256_load_si256(source + 1));
    }
    _mm_sfence();
}

std::uint64_t read_sse2(std::span<const Line> from) {
    __m128i even = _mm_setzero_si128();
    __m128i odd = _mm_setzero_si128();
    for (const Line& line : from) {
        const auto* quarter = static_cast<const __m128i*>(bytes(line));
        even = _mm_add_epi64(even, _mm_load_si128(quarter));
        odd = _mm_add_epi64(odd, _mm_load_si128(quarter + 1));
        even = _mm_add_epi64(even, _mm_load_si128(quarter + 2));
        odd = _mm_add_epi64(odd, _mm_load_si128(quarter + 3));
    }
    Line total;
    auto* quarter = static_cast<__m128i*>(bytes(total));
    _mm_store_si128(quarter, even);
    _mm_store_si128(quarter + 1, odd);
    return sum_of(total);
}

constexpr std::size_t quarters = 4;  // Of a line: the smallest vectors.

void write_sse2(std::span<Line> into, std::uint64_t word) {
    const __m128i value = _mm_set1_epi64x(static_cast<long long>(word));
    for (Line& line : into) {
        auto* target = static_cast<__m128i*>(bytes(line));
        for (std::size_t quarter = 0; quarter < quarters; ++quarter) {
            _mm_stream_si128(target + quarter, value);
        }
    }
    _mm_sfence();
}

void copy_sse2(std::span<Line> into, std::span<const Line> from) {
    for (std::size_t each = 0; each < from.size(); ++each) {
        const auto* source = static_cast<const __m128i*>(bytes(from[each]));
        auto* target = static_cast<__m128i*>(bytes(into[each]));
        for (std::size_t quarter = 0; quarter < quarters; ++quarter) {
            _mm_stream_si128(target + quarter, _mm_load_si128(source + quarter));
        }
    }
    _mm_sfence();
}

}  // namespace

const StreamKernels avx512_kernels{
    .name = "avx512f", .read = read_avx512, .write = write_avx512, .copy = copy_avx512};
const StreamKernels avx2_kernels{
    .name = "avx2", .read = read_avx2, .write = write_avx2, .copy = copy_avx2};
const StreamKernels sse2_kernels{
    .name = "sse2", .read = read_sse2, .write = write_sse2, .copy = copy_sse2};

}  // namespace penstock::calibration

#endif
