// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "load_result.hpp"
#include "opponents.hpp"
#include "payload.hpp"

#include <capnp/ez-rpc.h>
#include <capnp_sink.capnp.h>
#include <kj/async-io.h>

#include <chrono>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include <unistd.h>

// Cap'n Proto's RPC between two processes, over tcp.

namespace bench {

namespace {

constexpr std::chrono::seconds server_start{5};

void write(const payload& message, capnp_wire::Payload::Builder to) {
  to.setSequence(message.sequence);
  to.setProducer(message.producer);
  to.setBytes(kj::arrayPtr(message.bytes.data(), message.bytes.size()));
}

payload read(capnp_wire::Payload::Reader from) {
  payload message{from.getSequence(), from.getProducer(), {}};
  const capnp::Data::Reader bytes = from.getBytes();
  if (bytes.size() != message.bytes.size()) throw std::runtime_error("a message of another size");
  std::memcpy(message.bytes.data(), bytes.begin(), bytes.size());
  return message;
}

/// Counts what it gets, and answers a call with its content. One thread.
class sink_server final : public capnp_wire::Sink::Server {
 public:
  kj::Promise<void> call(CallContext context) override {
    const capnp_wire::Payload::Reader asked = context.getParams().getAsked();
    received_.add(read(asked));
    context.getResults().setAnswer(asked);
    return kj::READY_NOW;
  }

  kj::Promise<void> report(ReportContext context) override {
    context.getResults().setCount(received_.count);
    context.getResults().setSum(received_.sum);
    return kj::READY_NOW;
  }

 private:
  tally received_;
};

/// A client in this process, and the sink in another one, which has answered once. One thread.
class remote_sink {
 public:
  using pending_call = capnp::RemotePromise<capnp_wire::Sink::CallResults>;

  remote_sink() { report(); }

  pending_call call(const payload& message) {
    auto request = sink_.callRequest();
    write(message, request.initAsked());
    return request.send();
  }
  payload wait_for(pending_call& call) { return read(call.wait(client_.getWaitScope()).getAnswer()); }

  tally report() {
    const auto answer = sink_.reportRequest().send().wait(client_.getWaitScope());
    return {answer.getCount(), answer.getSum()};
  }

 private:
  child_process server_{{"serve", "capnp-sink"}};
  capnp::EzRpcClient client_{server_.read_line(server_start)};
  capnp_wire::Sink::Client sink_ = client_.getMain<capnp_wire::Sink>();
};

outcome remote_call_latency() {
  remote_sink remote;
  load_result done = call_one_by_one([&](const payload& message) {
    auto pending = remote.call(message);
    return remote.wait_for(pending);
  });
  done.received = remote.report();
  return {latency_figures(done.microseconds, done.lost_calls())};
}

outcome remote_call_pipelined() {
  remote_sink remote;
  load_result done = call_in_window([&](const payload& message) { return remote.call(message); },
                                    [&](remote_sink::pending_call& call) { return remote.wait_for(call); });
  done.received = remote.report();
  return {{{"from-thread", done.rate, done.lost_calls(), 0}, {"from-actor", done.rate, done.lost_calls(), 0}}};
}

void serve_sink() {
  capnp::EzRpcServer server(kj::heap<sink_server>(), "127.0.0.1", 0);
  std::cout << "127.0.0.1:" << server.getPort().wait(server.getWaitScope()) << std::endl;
  auto parent = server.getLowLevelIoProvider().wrapInputFd(STDIN_FILENO);
  parent->readAllBytes().wait(server.getWaitScope());  // as wait_for_parent, and serves meanwhile
}

}  // namespace

contribution capnp_contribution() {
  return {{{"remote-call-latency", remote_call_latency}, {"remote-call-pipelined", remote_call_pipelined}},
          {{"capnp-sink", serve_sink}}};
}

}  // namespace bench
