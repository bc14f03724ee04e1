// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "load_result.hpp"
#include "opponents.hpp"
#include "payload.hpp"
#include "time_box.hpp"

#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>

#include <cstring>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// nng between two processes, over tcp.

namespace bench {

namespace {

constexpr std::chrono::seconds server_start{5};
constexpr int sends_under_way = 1'000;  ///< As libzmq's sockets by default.

void check(int code) {
  if (code != 0) throw std::runtime_error(std::string("nng: ") + ::nng_strerror(code));
}

struct freed {
  void operator()(nng_msg* message) const noexcept { ::nng_msg_free(message); }
};
using message_ptr = std::unique_ptr<nng_msg, freed>;

/// With nng's defaults, except that it does not wait for ever. One thread.
class socket {
 public:
  explicit socket(int (*open)(nng_socket*)) {
    check(open(&id_));
    check(::nng_socket_set_ms(id_, NNG_OPT_RECVTIMEO, 10'000));
    check(::nng_socket_set_ms(id_, NNG_OPT_SENDTIMEO, 10'000));
  }
  ~socket() { ::nng_close(id_); }
  socket(socket&&) = delete;

  /// Returns where it listens.
  std::string listen_on_free_port() {
    nng_listener listener;
    int port = 0;
    check(::nng_listen(id_, "tcp://127.0.0.1:0", &listener, 0));
    check(::nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port));
    return "tcp://127.0.0.1:" + std::to_string(port);
  }
  /// How many sends may wait; by default, none.
  void buffer(int messages) { check(::nng_socket_set_int(id_, NNG_OPT_SENDBUF, messages)); }
  void dial(const std::string& where) { check(::nng_dial(id_, where.c_str(), nullptr, 0)); }

  void send(message_ptr message) {
    check(::nng_sendmsg(id_, message.get(), 0));
    message.release();  // nng's, once it is sent
  }
  template <class Value>
  void send_value(const Value& value) {
    nng_msg* made = nullptr;
    check(::nng_msg_alloc(&made, sizeof value));
    std::memcpy(::nng_msg_body(made), &value, sizeof value);
    send(message_ptr(made));
  }
  message_ptr receive() {
    nng_msg* received = nullptr;
    check(::nng_recvmsg(id_, &received, 0));
    return message_ptr(received);
  }

 private:
  nng_socket id_{};
};

template <class Value>
Value value_of(const message_ptr& message) {
  if (::nng_msg_len(message.get()) != sizeof(Value)) throw std::runtime_error("a message of another size");
  Value value;
  std::memcpy(&value, ::nng_msg_body(message.get()), sizeof value);
  return value;
}

/// Asks what was received so far; the last one ends the server. It is told from a load by its size.
enum class question : std::uint8_t { report, finish };

bool is_question(const message_ptr& message) { return ::nng_msg_len(message.get()) == sizeof(question); }

/// Asks over `out`, reads the answer from `in`.
tally ask(socket& out, socket& in, question what) {
  out.send_value(what);
  return value_of<tally>(in.receive());
}

template <class Payload>
outcome push_to(const char* role) {
  child_process server({"serve", role});
  std::istringstream endpoints(server.read_line(server_start));
  std::string load;
  std::string reports;
  endpoints >> load >> reports;
  socket push(::nng_push0_open);
  push.buffer(sends_under_way);
  socket report(::nng_pull0_open);
  push.dial(load);
  report.dial(reports);
  ask(push, report, question::report);
  tally sent;
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const auto message = make_payload<Payload>(i);
    sent.add(message);
    push.send_value(message);
  }
  const tally received = ask(push, report, question::finish);
  const double rate = box.rate(received.count);
  const std::uint64_t lost = count_lost(sent, received);
  return {{{"from-thread", rate, lost, 0}, {"from-actor", rate, lost, 0}}};
}

template <class Payload>
void serve_pull() {
  socket pull(::nng_pull0_open);
  socket push(::nng_push0_open);
  const std::string load = pull.listen_on_free_port();
  std::cout << load << ' ' << push.listen_on_free_port() << std::endl;
  tally received;
  for (bool finished = false; !finished;) {
    const message_ptr message = pull.receive();
    if (is_question(message)) {
      finished = value_of<question>(message) == question::finish;
      push.send_value(received);
    } else {
      received.add(value_of<Payload>(message));
    }
  }
  wait_for_parent();  // the last report may still be on its way
}

outcome remote_tell_64() { return push_to<payload>("nng-pull-64"); }

outcome remote_tell_1k() { return push_to<large_payload>("nng-pull-1k"); }

outcome remote_call_latency() {
  child_process server({"serve", "nng-rep"});
  socket req(::nng_req0_open);
  req.dial(server.read_line(server_start));
  ask(req, req, question::report);
  load_result done = call_one_by_one([&](const payload& message) {
    req.send_value(message);
    return value_of<payload>(req.receive());
  });
  done.received = ask(req, req, question::finish);
  return {latency_figures(done.microseconds, done.lost_calls())};
}

void serve_rep() {
  socket rep(::nng_rep0_open);
  std::cout << rep.listen_on_free_port() << std::endl;
  tally received;
  for (bool finished = false; !finished;) {
    message_ptr message = rep.receive();
    if (is_question(message)) {
      finished = value_of<question>(message) == question::finish;
      rep.send_value(received);
    } else {
      received.add(value_of<payload>(message));
      rep.send(std::move(message));
    }
  }
  wait_for_parent();
}

}  // namespace

contribution nng_contribution() {
  return {{{"remote-tell-64", remote_tell_64},
           {"remote-tell-1k", remote_tell_1k},
           {"remote-call-latency", remote_call_latency}},
          {{"nng-pull-64", serve_pull<payload>}, {"nng-pull-1k", serve_pull<large_payload>}, {"nng-rep", serve_rep}}};
}

}  // namespace bench
