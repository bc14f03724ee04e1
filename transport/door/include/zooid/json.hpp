// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/text_codec.hpp>

#include <memory>

namespace zooid {

/// Messages as JSON, for `node_options::door`. docs/protocol.md says how each type is written.
///
/// Nothing is guessed: what does not fit its type exactly, a field that is missing or unknown, a key that stands twice,
/// text that is not UTF-8, more than 256 levels or a million values throw codec_error with the path of the field.
[[nodiscard]] ZOOID_API std::shared_ptr<const text_codec> json();

}  // namespace zooid
