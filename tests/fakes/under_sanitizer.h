// SPDX-License-Identifier: Apache-2.0
//
// Under sanitizer: whether a test runs several times as slowly as it would for its users, so that
// what is done with many seeds is done with fewer.

#pragma once

namespace penstock::fakes {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool under_sanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool under_sanitizer = true;
#else
inline constexpr bool under_sanitizer = false;
#endif
#else
inline constexpr bool under_sanitizer = false;
#endif

}  // namespace penstock::fakes
