// SPDX-License-Identifier: Apache-2.0
#include "catch.hpp"

#include "forwarding_network.hpp"

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

class recorded_link final : public forwarding_link {
 public:
  recorded_link(std::shared_ptr<zooid::link> to, transcript& said) : forwarding_link(std::move(to)), said_(said) {}
  void send(zooid::byte_buffer frame) override {
    said_.emplace_back('>', hex(frame.view()));
    forwarding_link::send(std::move(frame));
  }

 private:
  transcript& said_;
};

class recording_listener final : public forwarding_link_listener {
 public:
  recording_listener(std::shared_ptr<zooid::link_listener> to, transcript& said)
      : forwarding_link_listener(std::move(to)), said_(said) {}
  void on_frame(std::span<const std::byte> frame, bool more) override {
    said_.emplace_back('<', hex(frame));
    forwarding_link_listener::on_frame(frame, more);
  }

 private:
  transcript& said_;
};

/// Writes down what the links that are dialled through it carry.
class recording_network final : public forwarding_network {
 public:
  recording_network(std::shared_ptr<zooid::network> to, transcript& said)
      : forwarding_network(std::move(to)), said_(said) {}
  [[nodiscard]] std::shared_ptr<zooid::link> dial(const std::string& endpoint,
                                                  std::shared_ptr<zooid::link_listener> listener) override {
    auto hears = std::make_shared<recording_listener>(std::move(listener), said_);
    return std::make_shared<recorded_link>(forwarding_network::dial(endpoint, std::move(hears)), said_);
  }

 private:
  transcript& said_;
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
