// SPDX-License-Identifier: Apache-2.0
#include "caf_entrants.hpp"
#include "caf_loads.hpp"
#include "child_process.hpp"
#include "shape.hpp"

#include <caf/io/all.hpp>

#include <iostream>
#include <string>

// CAF's actors in two processes, by its middleman over tcp.

namespace bench {

namespace {

constexpr std::chrono::seconds server_start{5};

struct remote_config : caf::actor_system_config {
  remote_config() {
    load<caf::io::middleman>();
    add_message_type<payload>("payload");
    add_message_type<large_payload>("large_payload");
    add_message_type<tally>("tally");
  }
};

/// A system in this process, and the sink in another one. Ends both.
class remote_sink {
 public:
  [[nodiscard]] caf::actor_system& system() { return system_; }
  [[nodiscard]] const caf::actor& actor() const { return sink_; }

 private:
  caf::actor connect() {
    const auto port = static_cast<std::uint16_t>(std::stoul(server_.read_line(server_start)));
    auto found = system_.middleman().remote_actor("127.0.0.1", port);
    if (!found) throw std::runtime_error(system_.render(found.error()));
    return *found;
  }

  child_process server_{{"serve", "caf-sink"}};
  remote_config config_;
  caf::actor_system system_{config_};
  caf::actor sink_ = connect();
};

template <class Payload>
outcome measure_remote_tell() {
  outcome result;
  {
    remote_sink remote;
    result.figures.push_back(caf_tell_from_thread<Payload>(remote.system(), remote.actor()));
  }
  remote_sink remote;
  result.figures.push_back(caf_tell_from_actor<Payload>(remote.system(), remote.actor()));
  return result;
}

/// On a plain thread: the oldest of so many calls is waited for, then another is made.
load_result pipeline_from_thread(caf::actor_system& system, const caf::actor& sink) {
  caf::scoped_actor self(system);
  ask<tally>(self, sink, report_atom::value);
  const auto call = [&](const payload& message) {
    return self->request(sink, caf::infinite, ask_atom::value, message);
  };
  const auto wait_for = [&](auto& pending) {
    payload answered;
    pending.receive([&](const payload& answer) { answered = answer; },
                    [&](const caf::error& why) { throw std::runtime_error(system.render(why)); });
    return answered;
  };
  load_result done = call_in_window(call, wait_for);
  done.received = ask<tally>(self, sink, report_atom::value);
  return done;
}

}  // namespace

outcome caf_remote_tell_64() { return measure_remote_tell<payload>(); }

outcome caf_remote_tell_1k() { return measure_remote_tell<large_payload>(); }

outcome caf_remote_call_latency() {
  remote_sink remote;
  const load_result done = caf_call_from_thread(remote.system(), remote.actor());
  return {latency_figures(done.microseconds, done.lost_calls())};
}

outcome caf_remote_call_pipelined() {
  outcome result;
  {
    remote_sink remote;
    const load_result done = pipeline_from_thread(remote.system(), remote.actor());
    result.figures.push_back({"from-thread", done.rate, done.lost_calls(), 0});
  }
  remote_sink remote;
  const load_result done = caf_call_from_actor(remote.system(), remote.actor(), window);
  result.figures.push_back({"from-actor", done.rate, done.lost_calls(), 0});
  return result;
}

void serve_caf_sink() {
  remote_config config;
  caf::actor_system system(config);
  const caf::actor sink = system.spawn(counting_sink);
  const auto port = system.middleman().publish(sink, 0, "127.0.0.1");
  if (!port) throw std::runtime_error(system.render(port.error()));
  std::cout << *port << std::endl;
  wait_for_parent();
  caf::anon_send_exit(sink, caf::exit_reason::user_shutdown);
}

}  // namespace bench
