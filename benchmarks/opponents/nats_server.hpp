// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace bench {

/// The program nats-server, on a free port of loopback. It ends with this object, or with this process. Where it
/// listens stands in the environment, as NATS_URL, for this process and those that it starts.
/// To be made before this process has a second thread. Throws std::runtime_error when there is none.
class nats_server {
 public:
  nats_server();
  ~nats_server();
  nats_server(nats_server&&) = delete;

 private:
  pid_t id_ = -1;
};

}  // namespace bench
