// SPDX-License-Identifier: Apache-2.0
#include "operations.hpp"

#include "payload.hpp"

#include <zooid/memory_network.hpp>
#include <zooid/zooid.hpp>

#include <cstddef>
#include <new>
#include <span>
#include <utility>

namespace bench {

namespace {

struct Ask {
  using reply = payload;
  payload content{};
};
struct Sink : zooid::contract<"sink", payload, Ask> {};

struct totals {
  std::uint64_t received = 0;
  std::uint64_t sum = 0;

  void add(const payload& message) noexcept {
    ++received;
    sum += message.sequence;
  }
};

/// As little as a handler can do: the library is counted, not it.
class CountingSink {
 public:
  using contract = Sink;
  explicit CountingSink(totals& into) : into_(&into) {}
  void on(const payload& message) { into_->add(message); }
  payload on(const Ask& ask) { return ask.content; }

 private:
  totals* into_;
};

struct Run {};
struct Load : zooid::local_contract<Run> {};

/// Calls, and awaits each answer.
class Caller {
 public:
  using contract = Load;
  Caller(zooid::ref<Sink> sink, const std::vector<payload>& messages, totals& into)
      : sink_(std::move(sink)), messages_(&messages), into_(&into) {}

  zooid::task<> on(const Run&) {
    for (const payload& message : *messages_) {
      const zooid::result<payload> answer = co_await sink_.call<Ask>(message);
      into_->add(answer.value());
    }
  }

 private:
  zooid::ref<Sink> sink_;
  const std::vector<payload>* messages_;
  totals* into_;
};

class counted_operation : public operation {
 public:
  std::uint64_t received() final { return totals_.received; }
  std::uint64_t sum() final { return totals_.sum; }

 protected:
  counted_operation() {
    for (std::uint64_t i = 0; i < messages_a_round; ++i) messages_.push_back(make_payload(i));
  }

  std::vector<payload> messages_;
  totals totals_;
};

class codec_operation : public counted_operation {
 protected:
  void add_decoded(std::span<const std::byte> bytes) {
    alignas(payload) std::byte storage[sizeof(payload)];
    zooid::input_archive archive(bytes);
    codec_.decode(archive, storage);
    archive.finish();
    totals_.add(*std::launder(reinterpret_cast<const payload*>(storage)));
  }

  const zooid::message_codec& codec_ = zooid::codec_of<Sink>().messages[0];
};

class encode final : public codec_operation {
 public:
  void round(const meter& meter) override {
    meter.run([this] {
      bytes_.clear();
      for (const payload& message : messages_) {
        zooid::output_archive archive(bytes_);
        codec_.encode(archive, &message);
      }
    });
    const std::size_t each = bytes_.size() / messages_.size();
    for (std::size_t i = 0; i < messages_.size(); ++i) add_decoded(bytes_.view().subspan(i * each, each));
  }

 private:
  zooid::byte_buffer bytes_;
};

class decode final : public codec_operation {
 public:
  decode() {
    for (const payload& message : messages_) {
      zooid::output_archive archive(encoded_.emplace_back());
      codec_.encode(archive, &message);
    }
  }
  void round(const meter& meter) override {
    meter.run([this] {
      for (const zooid::byte_buffer& bytes : encoded_) add_decoded(bytes.view());
    });
  }

 private:
  std::vector<zooid::byte_buffer> encoded_;
};

/// A node in memory that runs only when it is told to; several share time and a network.
struct stepped_node {
  stepped_node(zooid::memory_hub& hub, const std::shared_ptr<zooid::manual_clock>& time, std::uint64_t seed)
      : steps(zooid::make_deterministic_scheduler(time)),
        node({.listen = "tcp://127.0.0.1:0",
              .scheduler = steps,
              .network = hub.attach(*steps),
              .random = zooid::seeded_random(seed)}) {}

  std::shared_ptr<zooid::deterministic_scheduler> steps;
  zooid::node node;
};

class node_operation : public counted_operation {
 protected:
  std::shared_ptr<zooid::manual_clock> time_ = std::make_shared<zooid::manual_clock>();
  zooid::memory_hub hub_;
  stepped_node here_{hub_, time_, 1};
};

/// From a plain thread; with what the receiver does.
class local_tell final : public node_operation {
 public:
  void round(const meter& meter) override {
    meter.run([this] {
      for (const payload& message : messages_) sink_.tell(message);
      here_.steps->run_until_idle();
    });
  }

 private:
  zooid::ref<Sink> sink_ = here_.node.spawn<CountingSink>(totals_);
};

/// From an actor, which awaits the answer; with what the receiver does.
class local_call final : public node_operation {
 public:
  void round(const meter& meter) override {
    meter.run([this] {
      caller_.tell(Run{});
      here_.steps->run_until_idle();
    });
  }

 private:
  zooid::ref<Load> caller_ = here_.node.spawn<Caller>(here_.node.spawn<CountingSink>(totals_), messages_, totals_);
};

enum class side { sender, receiver };

/// From a plain thread to another node. Each node has a scheduler of its own, so one side can be counted alone.
template <side Counted>
class remote_tell final : public node_operation {
 public:
  remote_tell() { there_.node.spawn_as<CountingSink>("sink", totals_); }
  void round(const meter& meter) override {
    send(meter, [&] {
      for (const payload& message : messages_) far_.tell(message);
      return here_.steps->run_until_idle();
    });
    for (std::size_t turns = 1; turns > 0;) {
      turns = receive(meter, [&] { return there_.steps->run_until_idle(); });
      turns += send(meter, [&] { return here_.steps->run_until_idle(); });
    }
  }

 private:
  template <class F>
  static std::size_t counted(const meter& meter, const F& what) {
    std::size_t turns = 0;
    meter.run([&] { turns = what(); });
    return turns;
  }
  template <class F>
  static std::size_t send(const meter& meter, const F& what) {
    return Counted == side::sender ? counted(meter, what) : what();
  }
  template <class F>
  static std::size_t receive(const meter& meter, const F& what) {
    return Counted == side::receiver ? counted(meter, what) : what();
  }

  stepped_node there_{hub_, time_, 2};
  zooid::ref<Sink> far_ = here_.node.find<Sink>(there_.node.endpoint() + "/sink");
};

template <class Operation>
std::unique_ptr<operation> make() {
  return std::make_unique<Operation>();
}

}  // namespace

const std::vector<named_operation>& operations() {
  static const std::vector<named_operation> all{
      {"local-tell", &make<local_tell>},
      {"local-call", &make<local_call>},
      {"encode", &make<encode>},
      {"decode", &make<decode>},
      {"remote-tell-sender", &make<remote_tell<side::sender>>},
      {"remote-tell-receiver", &make<remote_tell<side::receiver>>},
  };
  return all;
}

}  // namespace bench
