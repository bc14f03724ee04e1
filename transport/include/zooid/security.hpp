// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace zooid {

/// Which key a node has, and whose it accepts. With it a node speaks CURVE only, with everybody: what it sends is
/// encrypted, and both sides of a connection are who the allow-list says. docs/security.md says how to make the files.
struct security {
  /// Its own key: a file that `zooid keys new NAME` made. Only the user that the process runs as may read it.
  std::string own{};
  /// The allow-list, a file with a line `KEY NAME [ADDRESS...]` for each key. Who connects must have one of these keys;
  /// whom this node dials must have that of the line with the address. It is read anew for each connection, in either
  /// direction: a key that is taken out of it gets no new one. While it cannot be read, or a line of it is wrong,
  /// nobody does.
  std::string allowed{};
  /// Told who was refused here, and why: "refused a connection from 10.0.0.7: ...". Any thread; brief; it must not use
  /// the node, and what it throws is lost.
  std::function<void(const std::string& who_and_why)> on_refused{};
};

}  // namespace zooid
