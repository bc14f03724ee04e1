// SPDX-License-Identifier: Apache-2.0
#include <zooid/zooid.hpp>

#include "catch.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace shapes {
namespace {

struct Point {
  int x = 0;
  int y = 0;
};

template <class Number>
struct Scale {
  virtual ~Scale() = default;
  virtual Number scaled(Number) const = 0;
};

struct Canvas : Scale<double> {
  virtual void draw(const std::vector<Point>& line, std::string colour) = 0;
  virtual std::optional<Point> find(std::string&& colour) const noexcept = 0;
  virtual const std::string& title() const = 0;
  virtual int size(int) = 0;
  virtual int size(std::string) = 0;
  int lines() const { return 3; }
  using contract =
      zooid::interface<"canvas", &Canvas::draw, &Canvas::find, &Canvas::title,
                       static_cast<int (Canvas::*)(std::string)>(&Canvas::size), &Canvas::scaled, &Canvas::lines>;
};

class Paper : public Canvas {
 public:
  double scaled(double number) const override { return 2 * number; }
  void draw(const std::vector<Point>& line, std::string colour) override {
    end_ = line.back();
    colour_ = std::move(colour);
  }
  std::optional<Point> find(std::string&& colour) const noexcept override {
    return colour == colour_ ? std::optional(end_) : std::nullopt;
  }
  const std::string& title() const override { return colour_; }
  int size(int number) override { return number; }
  int size(std::string text) override { return static_cast<int>(text.size()); }

 private:
  Point end_;
  std::string colour_;
};

struct Walker {
  virtual ~Walker() = default;
  virtual int walk() = 0;
  using contract = zooid::interface<"walker", &Walker::walk>;
};

}  // namespace
}  // namespace shapes

using shapes::Canvas;
using shapes::Paper;
using shapes::Point;
using shapes::Walker;

namespace {

zooid::errc code_of_serving(zooid::node& at, std::shared_ptr<Canvas> object) {
  try {
    at.serve<Canvas>("canvas", std::move(object));
  } catch (const zooid::setup_error& why) {
    return why.code();
  }
  return {};
}

}  // namespace

TEST_CASE("a function's call is a message with the function's name, its arguments, and its result", "[interface]") {
  using find = zooid::method_call<&Canvas::find>;
  STATIC_REQUIRE(find::wire_name == "find");
  STATIC_REQUIRE(std::is_same_v<decltype(find::arguments), std::tuple<std::string>>);
  STATIC_REQUIRE(std::is_same_v<find::reply, std::optional<Point>>);
  using draw = zooid::method_call<&Canvas::draw>;
  STATIC_REQUIRE(std::is_same_v<decltype(draw::arguments), std::tuple<std::vector<Point>, std::string>>);
  STATIC_REQUIRE(std::is_void_v<draw::reply>);
  STATIC_REQUIRE(std::is_same_v<zooid::method_call<&Canvas::title>::reply, std::string>);

  const zooid::contract_codec& contract = zooid::codec_of<Canvas::contract>();
  CHECK(contract.name == "canvas");
  std::vector<std::string> shown;
  for (const zooid::message_codec& each : contract.messages) shown.push_back(each.describe().to_string());
  CHECK(shown ==
        std::vector<std::string>{"draw{arguments: tuple<list<Point{x: int32, y: int32}>, string>} -> void",
                                 "find{arguments: tuple<string>} -> optional<Point{x: int32, y: int32}>",
                                 "title{arguments: tuple<>} -> string", "size{arguments: tuple<string>} -> int32",
                                 "scaled{arguments: tuple<float64>} -> float64", "lines{arguments: tuple<>} -> int32"});
}

TEST_CASE("an object of the same node is called like any other", "[interface]") {
  zooid::node node;
  const zooid::ref<Canvas::contract> served = node.serve<Canvas>("canvas", std::make_unique<Paper>());
  const auto canvas = node.find<Canvas>("canvas");
  CHECK(canvas == served);
  canvas.call<&Canvas::draw>(std::vector<Point>{{1, 2}, {3, 4}}, "red").get();
  CHECK(canvas.call<&Canvas::find>("blue").get() == std::nullopt);
  CHECK(canvas.call<&Canvas::find>("red").get()->y == 4);
  CHECK(canvas.call<&Canvas::title>().get() == "red");
  CHECK(canvas.call<static_cast<int (Canvas::*)(std::string)>(&Canvas::size)>("four").get() == 4);
  CHECK(canvas.call<&Canvas::scaled>(2).get() == 4.0);
  CHECK(canvas.call<&Canvas::lines>().get() == 3);
}

TEST_CASE("an actor system without a network serves objects, too", "[interface]") {
  zooid::actor_system system;
  system.serve<Canvas>("canvas", std::make_shared<Paper>(), {.concurrency = 2});
  const auto canvas = system.find<Canvas>("canvas");
  CHECK(canvas.call<&Canvas::scaled>(2).get() == 4.0);
  system.stop(canvas);
}

TEST_CASE("what an interface is called through on the same node must be the one that is served", "[interface]") {
  zooid::node node;
  node.serve<Canvas>("canvas", std::make_shared<Paper>());
  CHECK(node.find<Walker>("canvas").call<&Walker::walk>().result().error().code == zooid::errc::incompatible);
  CHECK(node.find<Walker>("walker").call<&Walker::walk>().result().error().code == zooid::errc::no_such_service);
}

TEST_CASE("a name serves one object, which the service keeps alive until it stops", "[interface]") {
  const unsigned concurrency = GENERATE(1U, 3U);
  auto object = std::make_shared<Paper>();
  const std::weak_ptr<Paper> watched = object;
  {
    zooid::node node;
    node.serve<Canvas>("canvas", std::move(object), {.concurrency = concurrency});
    CHECK(code_of_serving(node, std::make_shared<Paper>()) == zooid::errc::name_taken);
    CHECK_FALSE(watched.expired());
    CHECK(node.find<Canvas>("canvas").call<&Canvas::lines>().get() == 3);
  }
  CHECK(watched.expired());
}

TEST_CASE("no object, or none of its functions at a time, cannot be served", "[interface]") {
  zooid::node node;
  CHECK_THROWS_AS(node.serve<Canvas>("canvas", nullptr), std::invalid_argument);
  CHECK_THROWS_AS(node.serve<Canvas>("canvas", std::make_shared<Paper>(), {.concurrency = 0}), std::invalid_argument);
  CHECK(code_of_serving(node, std::make_shared<Paper>()) == zooid::errc{});
}
