// SPDX-License-Identifier: Apache-2.0
//
// Tied members: all members of a type that has so many, as a tuple of references. Where it has
// another number of them, it does not compile.

#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>

namespace penstock::decisions {

template <std::size_t number>
using Count = std::integral_constant<std::size_t, number>;

constexpr auto tied(auto& whole, Count<1> /*count*/) {
    auto& [a] = whole;
    return std::tie(a);
}

constexpr auto tied(auto& whole, Count<2> /*count*/) {
    auto& [a, b] = whole;
    return std::tie(a, b);
}

constexpr auto tied(auto& whole, Count<3> /*count*/) {
    auto& [a, b, c] = whole;
    return std::tie(a, b, c);
}

constexpr auto tied(auto& whole, Count<4> /*count*/) {
    auto& [a, b, c, d] = whole;
    return std::tie(a, b, c, d);
}

constexpr auto tied(auto& whole, Count<5> /*count*/) {
    auto& [a, b, c, d, e] = whole;
    return std::tie(a, b, c, d, e);
}

constexpr auto tied(auto& whole, Count<6> /*count*/) {
    auto& [a, b, c, d, e, f] = whole;
    return std::tie(a, b, c, d, e, f);
}

constexpr auto tied(auto& whole, Count<7> /*count*/) {
    auto& [a, b, c, d, e, f, g] = whole;
    return std::tie(a, b, c, d, e, f, g);
}

constexpr auto tied(auto& whole, Count<8> /*count*/) {
    auto& [a, b, c, d, e, f, g, h] = whole;
    return std::tie(a, b, c, d, e, f, g, h);
}

constexpr auto tied(auto& whole, Count<9> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i);
}

constexpr auto tied(auto& whole, Count<10> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j);
}

constexpr auto tied(auto& whole, Count<11> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
}

constexpr auto tied(auto& whole, Count<12> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
}

constexpr auto tied(auto& whole, Count<13> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m);
}

constexpr auto tied(auto& whole, Count<14> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
}

constexpr auto tied(auto& whole, Count<15> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
}

constexpr auto tied(auto& whole, Count<16> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
}

constexpr auto tied(auto& whole, Count<17> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
}

constexpr auto tied(auto& whole, Count<18> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
}

constexpr auto tied(auto& whole, Count<19> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s);
}

constexpr auto tied(auto& whole, Count<20> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
}

constexpr auto tied(auto& whole, Count<21> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u);
}

constexpr auto tied(auto& whole, Count<22> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v);
}

constexpr auto tied(auto& whole, Count<23> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w);
}

constexpr auto tied(auto& whole, Count<24> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x);
}

constexpr auto tied(auto& whole, Count<25> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y);
}

constexpr auto tied(auto& whole, Count<26> /*count*/) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z] = whole;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z);
}

}  // namespace penstock::decisions
