// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include <zooid/memory_network.hpp>
#include <zooid/zooid.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

// The example of docs/protocol.md, byte by byte: what stands there is what two nodes really say to each other.

namespace {

using namespace std::chrono_literals;

struct Greet {
  using reply = std::string;
  std::string name;
};
struct Greeter : zooid::contract<"greeter", Greet> {};

struct PoliteGreeter {
  using contract = Greeter;
  std::string on(const Greet& greet) { return "hello, " + greet.name; }
};

/// A node's id, which is the first number it draws.
class same_number final : public zooid::random_source {
 public:
  explicit same_number(std::uint64_t number) : number_(number) {}
  [[nodiscard]] std::uint64_t next() override { return number_; }

 private:
  const std::uint64_t number_;
};

using transcript = std::vector<std::pair<char, std::string>>;

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte each : bytes) {
    text += "0123456789abcdef"[std::to_integer<unsigned>(each) >> 4];
    text += "0123456789abcdef"[std::to_integer<unsigned>(each) & 15];
  }
  return text;
}

class recorded_link final : public zooid::link {
 public:
  recorded_link(std::shared_ptr<zooid::link> inner, transcript& to) : inner_(std::move(inner)), to_(to) {}
  void send(zooid::byte_buffer frame) override {
    to_.emplace_back('>', hex(frame.view()));
    inner_->send(std::move(frame));
  }
  void close() override { inner_->close(); }
  [[nodiscard]] std::string peer() const override { return inner_->peer(); }

 private:
  const std::shared_ptr<zooid::link> inner_;
  transcript& to_;
};

class recording_listener final : public zooid::link_listener {
 public:
  recording_listener(std::shared_ptr<zooid::link_listener> inner, transcript& to) : inner_(std::move(inner)), to_(to) {}
  void on_up() override { inner_->on_up(); }
  void on_frame(std::span<const std::byte> frame, bool more) override {
    to_.emplace_back('<', hex(frame));
    inner_->on_frame(frame, more);
  }
  void on_down(std::string_view why) override { inner_->on_down(why); }

 private:
  const std::shared_ptr<zooid::link_listener> inner_;
  transcript& to_;
};

/// Writes down what the links that are dialled through it carry.
class recording_network final : public zooid::network {
 public:
  recording_network(std::shared_ptr<zooid::network> inner, transcript& to) : inner_(std::move(inner)), to_(to) {}
  std::string listen(const std::string& endpoint, std::shared_ptr<zooid::link_acceptor> acceptor) override {
    return inner_->listen(endpoint, std::move(acceptor));
  }
  [[nodiscard]] std::shared_ptr<zooid::link> dial(const std::string& endpoint,
                                                  std::shared_ptr<zooid::link_listener> listener) override {
    auto hears = std::make_shared<recording_listener>(std::move(listener), to_);
    return std::make_shared<recorded_link>(inner_->dial(endpoint, std::move(hears)), to_);
  }
  [[nodiscard]] std::shared_ptr<zooid::event_outlet> open_outlet(
      const std::string& endpoint, zooid::event_flow flow,
      std::shared_ptr<zooid::event_outlet_listener> listener) override {
    return inner_->open_outlet(endpoint, flow, std::move(listener));
  }
  [[nodiscard]] std::shared_ptr<zooid::event_inlet> open_inlet(
      const std::string& endpoint, zooid::event_flow flow,
      std::shared_ptr<zooid::event_inlet_listener> listener) override {
    return inner_->open_inlet(endpoint, flow, std::move(listener));
  }
  void close() override { inner_->close(); }

 private:
  const std::shared_ptr<zooid::network> inner_;
  transcript& to_;
};

/// The frames shown behind `<!-- example -->`: a line "> what" or "< what" begins one, its bytes stand below it in hex,
/// each line with words behind two spaces.
transcript shown_example() {
  const auto page = std::filesystem::path(__FILE__).parent_path() / "../../docs/protocol.md";
  std::ifstream file(page);
  REQUIRE(file);
  transcript shown;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "<!-- example -->") inside = true;
    if (!inside || line.empty() || line == "```text") continue;
    if (line == "```") break;
    if (line[0] == '>' || line[0] == '<') {
      if (line.size() > 1 && line[1] == ' ') shown.emplace_back(line[0], std::string());
      continue;
    }
    std::string bytes = line.substr(0, line.find("  "));
    std::erase(bytes, ' ');
    REQUIRE(!shown.empty());
    shown.back().second += bytes;
  }
  return shown;
}

}  // namespace

TEST_CASE("two nodes say what the example of the protocol page shows", "[protocol]") {
  const auto time = std::make_shared<zooid::manual_clock>();
  const auto scheduler = zooid::make_deterministic_scheduler(time);
  zooid::memory_hub hub;
  transcript said;
  {
    zooid::node server{{.listen = "mem://server",
                        .scheduler = scheduler,
                        .network = hub.attach(*scheduler, "server"),
                        .random = std::make_shared<same_number>(0x2222222222222222)}};
    server.spawn_as<PoliteGreeter>("greeter");
    zooid::node client{{.scheduler = scheduler,
                        .network = std::make_shared<recording_network>(hub.attach(*scheduler, "client"), said),
                        .random = std::make_shared<same_number>(0x1111111111111111)}};
    auto greeter = client.find<Greeter>("mem://server/greeter");
    CHECK(greeter.call<Greet>("Ada").get() == "hello, Ada");
    CHECK(client.stop(1s).clean());
  }
  const transcript shown = shown_example();
  REQUIRE(said.size() == shown.size());
  for (std::size_t i = 0; i < said.size(); ++i) {
    CAPTURE(i);
    CHECK(said[i].first == shown[i].first);
    CHECK(said[i].second == shown[i].second);
  }
}
