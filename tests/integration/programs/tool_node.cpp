// SPDX-License-Identifier: Apache-2.0
// tool_node ENDPOINT [nodoor | noservice | keys KEY_FILE ALLOW_LIST]: what the tests of the program zooid ask. Each
// line of its input, "paid N KEY" or "shipped N KEY", publishes N events of the lossy or of the lossless kind. Runs
// until its input ends.
#include <zooid/json.hpp>
#include <zooid/zooid.hpp>

#include <condition_variable>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Line {
  std::string item{};
  std::uint32_t quantity{};
};
struct Receipt {
  std::uint64_t number{};
  std::vector<Line> lines{};
};
struct Order {
  using reply = Receipt;
  std::string customer{};
  std::vector<Line> lines{};
};
struct Note {
  std::string text{};
};
struct Notes {
  using reply = std::vector<std::string>;
};
struct Complain {
  using reply = void;
};
struct Dawdle {
  using reply = void;
};
struct Shop : zooid::contract<"shop", Order, Note, Notes, Complain> {};
struct Dawdlers : zooid::contract<"dawdler", Dawdle> {};

struct OrderPaid {
  std::uint64_t order{};
  Line first{};
};
struct OrderShipped {
  static constexpr bool lossless = true;
  std::uint64_t order{};
};

class CornerShop {
 public:
  using contract = Shop;
  Receipt on(const Order& order) { return {++orders_, order.lines}; }
  void on(const Note& note) { notes_.push_back(note.text); }
  std::vector<std::string> on(const Notes&) { return notes_; }
  void on(const Complain&) { throw zooid::call_error(zooid::errc::denied, "the shop does not take complaints"); }

 private:
  std::uint64_t orders_ = 0;
  std::vector<std::string> notes_;
};

/// Holds back who handles Dawdle, until the program ends.
class gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class Dawdler {
 public:
  using contract = Dawdlers;
  explicit Dawdler(gate* end) : end_(end) {}
  void on(const Dawdle&) {
    std::cout << "dawdling" << std::endl;
    end_->pass();
  }

 private:
  gate* end_;
};

void publish(zooid::node& node, const std::string& line) {
  std::istringstream words(line);
  std::string kind;
  std::uint64_t count = 0;
  std::string key;
  words >> kind >> count >> key;
  for (std::uint64_t i = 1; i <= count; ++i) {
    if (kind == "paid") node.publish(OrderPaid{i, {"tea", 2}}, key);
    if (kind == "shipped") node.publish(OrderShipped{i}, key);
  }
  std::cout << "published" << std::endl;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const std::string_view how = count > 2 ? arguments[2] : "";
  zooid::node_options options{.listen = arguments[1], .workers = 2};
  if (how != "nodoor") options.door = zooid::json();
  options.service = how != "noservice";
  if (how == "keys" && count > 4) options.keys = {.own = arguments[3], .allowed = arguments[4]};
  gate end;
  zooid::node node{options};
  node.spawn_as<CornerShop>("shop");
  node.spawn_as<Dawdler>("dawdler", &end);
  std::cout << "listening at " << node.endpoint() << std::endl;
  for (std::string line; std::getline(std::cin, line);) publish(node, line);
  end.open();
  return 0;
}
