// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "load_result.hpp"
#include "opponents.hpp"
#include "payload.hpp"
#include "shape.hpp"
#include "time_box.hpp"

#include <grpcpp/grpcpp.h>
#include <grpc_sink.grpc.pb.h>

#include <cstring>
#include <iostream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

// gRPC between two processes, over tcp.

namespace bench {

namespace {

constexpr std::chrono::seconds server_start{5};

template <std::size_t Size>
void write(const basic_payload<Size>& message, wire::Payload& to) {
  to.set_sequence(message.sequence);
  to.set_producer(message.producer);
  to.set_bytes(message.bytes.data(), message.bytes.size());
}

template <class Payload>
void read(const wire::Payload& from, Payload& message) {
  if (from.bytes().size() != message.bytes.size()) throw std::runtime_error("a message of another size");
  message.sequence = from.sequence();
  message.producer = from.producer();
  std::memcpy(message.bytes.data(), from.bytes().data(), message.bytes.size());
}

/// Adds what was received, in either size.
void add(tally& received, const wire::Payload& from) {
  const auto add_as = [&](auto message) {
    read(from, message);
    received.add(message);
  };
  if (from.bytes().size() == payload().bytes.size()) return add_as(payload());
  add_as(large_payload());
}

tally to_tally(const wire::Tally& from) { return {from.count(), from.sum()}; }

void check(const grpc::Status& status) {
  if (!status.ok()) throw std::runtime_error("grpc: " + status.error_message());
}

/// Counts what it gets, and answers a call with its content. Called by any of gRPC's threads.
class sink_service final : public wire::Sink::CallbackService {
 public:
  grpc::ServerUnaryReactor* Call(grpc::CallbackServerContext* context, const wire::Payload* asked,
                                 wire::Payload* answer) override {
    count(*asked);
    *answer = *asked;
    return finish(context);
  }

  grpc::ServerUnaryReactor* Report(grpc::CallbackServerContext* context, const wire::Question*,
                                   wire::Tally* answer) override {
    report(*answer);
    return finish(context);
  }

  grpc::ServerReadReactor<wire::Payload>* Tell(grpc::CallbackServerContext*, wire::Tally* answer) override {
    class reader final : public grpc::ServerReadReactor<wire::Payload> {
     public:
      reader(sink_service& sink, wire::Tally& reported) : sink_(sink), answer_(reported) { StartRead(&message_); }

      void OnReadDone(bool more) override {
        if (more) {
          sink_.count(message_);
          StartRead(&message_);
        } else {
          sink_.report(answer_);
          Finish(grpc::Status::OK);
        }
      }
      void OnDone() override { delete this; }

     private:
      sink_service& sink_;
      wire::Tally& answer_;
      wire::Payload message_;
    };
    return new reader(*this, *answer);
  }

 private:
  static grpc::ServerUnaryReactor* finish(grpc::CallbackServerContext* context) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  void count(const wire::Payload& message) {
    const std::lock_guard lock(mutex_);
    add(received_, message);
  }
  void report(wire::Tally& answer) {
    const std::lock_guard lock(mutex_);
    answer.set_count(received_.count);
    answer.set_sum(received_.sum);
  }

  std::mutex mutex_;
  // Guarded by mutex_:
  tally received_;
};

/// A stub in this process, and the sink in another one, which has answered once.
class remote_sink {
 public:
  remote_sink() { report(); }

  [[nodiscard]] wire::Sink::Stub& stub() { return *stub_; }

  tally report() {
    grpc::ClientContext context;
    wire::Tally answer;
    check(stub_->Report(&context, wire::Question(), &answer));
    return to_tally(answer);
  }

 private:
  child_process server_{{"serve", "grpc-sink"}};
  std::unique_ptr<wire::Sink::Stub> stub_ =
      wire::Sink::NewStub(grpc::CreateChannel(server_.read_line(server_start), grpc::InsecureChannelCredentials()));
};

template <class Payload>
outcome stream() {
  remote_sink remote;
  grpc::ClientContext context;
  wire::Tally answer;
  const std::unique_ptr<grpc::ClientWriter<wire::Payload>> writer = remote.stub().Tell(&context, &answer);
  tally sent;
  wire::Payload wired;
  const time_box box;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const auto message = make_payload<Payload>(i);
    sent.add(message);
    write(message, wired);
    if (!writer->Write(wired)) break;  // Finish says why
  }
  writer->WritesDone();
  check(writer->Finish());
  const tally received = to_tally(answer);
  const double rate = box.rate(received.count);
  const std::uint64_t lost = count_lost(sent, received);
  return {{{"from-thread", rate, lost, 0}, {"from-actor", rate, lost, 0}}};
}

outcome remote_tell_64() { return stream<payload>(); }

outcome remote_tell_1k() { return stream<large_payload>(); }

outcome remote_call_latency() {
  remote_sink remote;
  wire::Payload asked;
  wire::Payload answer;
  load_result done = call_one_by_one([&](const payload& message) {
    write(message, asked);
    grpc::ClientContext context;
    check(remote.stub().Call(&context, asked, &answer));
    payload answered;
    read(answer, answered);
    return answered;
  });
  done.received = remote.report();
  return {latency_figures(done.microseconds, done.lost_calls())};
}

/// One call under way.
struct pending_call {
  grpc::ClientContext context;
  wire::Payload answer;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<wire::Payload>> reader;
};

outcome remote_call_pipelined() {
  remote_sink remote;
  grpc::CompletionQueue queue;
  load_result done;
  wire::Payload asked;
  const auto call = [&] {
    const payload message = make_payload(done.sent.count);
    done.sent.add(message);
    write(message, asked);
    auto made = std::make_unique<pending_call>();
    made->reader = remote.stub().AsyncCall(&made->context, asked, &queue);
    made->reader->Finish(&made->answer, &made->status, made.get());
    made.release();  // the queue's, until it gives it back
  };
  const auto wait_for_one = [&] {
    void* ended = nullptr;
    bool ok = false;
    if (!queue.Next(&ended, &ok)) throw std::logic_error("the queue was closed");
    const std::unique_ptr<pending_call> one(static_cast<pending_call*>(ended));
    check(one->status);
    add(done.answered, one->answer);
  };
  const time_box box;
  while (box.open(done.sent.count)) {
    if (done.sent.count >= window) wait_for_one();
    call();
  }
  while (done.answered.count < done.sent.count) wait_for_one();
  const double rate = box.rate(done.answered.count);
  done.received = remote.report();
  const std::uint64_t lost = done.lost_calls();
  return {{{"from-thread", rate, lost, 0}, {"from-actor", rate, lost, 0}}};
}

void serve_sink() {
  sink_service sink;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&sink);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) throw std::runtime_error("grpc: no server");
  std::cout << "127.0.0.1:" << port << std::endl;
  wait_for_parent();
  server->Shutdown(std::chrono::system_clock::now());
}

}  // namespace

contribution grpc_contribution() {
  return {{{"remote-tell-64", remote_tell_64},
           {"remote-tell-1k", remote_tell_1k},
           {"remote-call-latency", remote_call_latency},
           {"remote-call-pipelined", remote_call_pipelined}},
          {{"grpc-sink", serve_sink}}};
}

}  // namespace bench
