// SPDX-License-Identifier: Apache-2.0
#include "graph_layers.hpp"
#include "graph_layout.hpp"
#include "graph_rates.hpp"
#include "graph_svg.hpp"
#include "topology_file.hpp"

#include <random>

using Catch::Matchers::Contains;
using kind = graph_arrow::kind;

namespace {

graph picture_of(const std::string& text) { return make_graph(read_topology(topology_file(text).path())); }

std::string service(const std::string& name, const std::string& keys) {
  return "[service." + name + "]\ncommand = \"true\"\n" + keys + "\n";
}

graph some_picture(std::mt19937& random, std::size_t boxes, std::size_t arrows) {
  graph made{"some", {}, std::vector<graph_box>(boxes, {"service", "tcp://127.0.0.1:5000", {}}), {}};
  for (std::size_t i = 0; i < arrows; ++i) {
    const std::size_t from = random() % boxes;
    const std::size_t to = (from + 1 + random() % (boxes - 1)) % boxes;
    made.arrows.push_back({static_cast<kind>(random() % 3), from, to, {}});
  }
  return made;
}

bool inside(graph_point at, const graph_layout& of) {
  return at.x >= 0 && at.y >= 0 && at.x <= of.width && at.y <= of.height;
}

}  // namespace

TEST_CASE("calls are drawn, events from their publisher, and needs that are neither", "[graph]") {
  const graph drawn = picture_of(
      "name = \"t\"\n" + service("a", "needs = [\"b\", \"c\", \"d\"]\ncalls = [\"b\", \"a\"]\nhears = [\"c\"]") +
      service("b", "endpoint = \"tcp://127.0.0.1:0\"") + service("c", "") + service("d", ""));
  CHECK(drawn.title == "t");
  REQUIRE(drawn.boxes.size() == 4);
  CHECK(drawn.boxes[0].name == "a");
  CHECK(drawn.boxes[1].endpoint == "tcp://127.0.0.1, any port");
  REQUIRE(drawn.arrows.size() == 3);
  CHECK((drawn.arrows[0].is == kind::call && drawn.arrows[0].from == 0 && drawn.arrows[0].to == 1));
  CHECK((drawn.arrows[1].is == kind::event && drawn.arrows[1].from == 2 && drawn.arrows[1].to == 0));
  CHECK((drawn.arrows[2].is == kind::need && drawn.arrows[2].from == 0 && drawn.arrows[2].to == 3));
}

TEST_CASE("long endpoints are shown shortened", "[graph]") {
  CHECK(shown_endpoint("tcp://127.0.0.1:10000") == "tcp://127.0.0.1:10000");
  CHECK(shown_endpoint("ipc:///run/" + std::string(50, 'x') + "/node") == "ipc://…" + std::string(39, 'x') + "/node");
}

TEST_CASE("calls lead down, and what crosses layers bends", "[graph]") {
  const graph drawn = picture_of("name = \"t\"\n" + service("a", "calls = [\"b\", \"c\"]\nhears = [\"c\"]") +
                                 service("b", "calls = [\"c\"]") + service("c", ""));
  const graph_layers layers = make_layers(drawn);
  CHECK(layers.rows.size() == 3);
  CHECK(layers.vertices.size() == 5);  // Each arrow between a and c bends beside b.
  CHECK(layers.vertices[0].layer == 0);
  CHECK(layers.vertices[1].layer == 1);
  CHECK(layers.vertices[2].layer == 2);
  CHECK_FALSE(layers.ways[1].upwards);
  CHECK(layers.ways[2].upwards);
}

TEST_CASE("in any picture boxes do not overlap, and arrows begin and end at their boxes", "[graph]") {
  std::mt19937 random(5);  // The same pictures each time.
  for (std::size_t round = 0; round < 60; ++round) {
    const std::size_t boxes = 2 + round % 20;
    const graph drawn = some_picture(random, boxes, round);
    const graph_layout layout = lay_out(drawn);
    INFO(draw_svg(drawn));
    const double height = graph_layout::box_height;
    for (std::size_t i = 0; i < boxes; ++i) {
      const auto& [corner, width] = layout.boxes[i];
      CHECK((inside(corner, layout) && inside({corner.x + width, corner.y + height}, layout)));
      for (std::size_t j = 0; j < i; ++j) {
        const auto& other = layout.boxes[j];
        const bool apart = corner.x >= other.corner.x + other.width || other.corner.x >= corner.x + width ||
                           corner.y >= other.corner.y + height || other.corner.y >= corner.y + height;
        CHECK(apart);
      }
    }
    for (std::size_t i = 0; i < drawn.arrows.size(); ++i) {
      const auto touches = [&](graph_point at, std::size_t which) {
        const auto& box = layout.boxes[which];
        return at.x > box.corner.x && at.x < box.corner.x + box.width &&
               (at.y == box.corner.y || at.y == box.corner.y + height);
      };
      CHECK(layout.roads[i].size() % 2 == 0);
      CHECK(touches(layout.roads[i].front(), drawn.arrows[i].from));
      CHECK(touches(layout.roads[i].back(), drawn.arrows[i].to));
    }
  }
}

TEST_CASE("a picture says what its arrows mean, as far as there are such", "[graph]") {
  graph drawn{"<orders> & \"more\"", {}, {{"a", {}, {}}, {"b", {}, {}}}, {{kind::event, 0, 1, {}}}};
  std::string text = draw_svg(drawn);
  CHECK_THAT(text, Contains("&lt;orders&gt; &amp; &quot;more&quot;"));
  CHECK_THAT(text, Contains("publishes events to") && !Contains("calls") && !Contains("needs"));
  drawn.arrows.push_back({kind::call, 0, 1, "12/s"});
  drawn.arrows.push_back({kind::need, 0, 1, {}});
  text = draw_svg(drawn);
  CHECK_THAT(text, Contains("publishes events to") && Contains("calls") && Contains("needs") && Contains(">12/s<"));
}

TEST_CASE("rates are what counters grew by between two moments, a second", "[graph]") {
  using namespace std::chrono_literals;
  const std::chrono::steady_clock::time_point now{};
  graph drawn{"t", {}, {{"a", "x", {}}, {"b", "y", {}}, {"c", "z", {}}, {"d", {}, {}}, {"e", "w", {}}}, {}};
  drawn.arrows = {{kind::call, 0, 1, {}}, {kind::call, 1, 0, {}}, {kind::event, 0, 1, {}},
                  {kind::call, 0, 2, {}}, {kind::call, 0, 3, {}}, {kind::call, 0, 4, {}}};
  const figures before{node_figures{"tcp://h:1", "aa", 100, 0, {{"tcp://h:2", 1000}}, {}, {}, now},
                       node_figures{"tcp://h:2", "bb", 50, 0, {{"node aa", 7}}, {{"node aa", 1000}}, {}, now},
                       std::nullopt, std::nullopt, node_figures{"tcp://h:4", "ee", 9000, 0, {}, {}, {}, now}};
  const figures after{node_figures{"tcp://h:1", "aa", 103, 0, {{"tcp://h:2", 4'001'000}}, {}, {}, now + 2s},
                      node_figures{"tcp://h:2", "bb", 50, 12, {{"node aa", 7}}, {{"node aa", 4'000'000}}, {}, now + 2s},
                      std::nullopt, std::nullopt, node_figures{"tcp://h:4", "ff", 4, 0, {}, {}, {}, now + 2s}};
  add_rates(drawn, before, after);
  CHECK(drawn.boxes[0].rate == "1.5/s");
  CHECK(drawn.boxes[0].endpoint == "tcp://h:1");
  CHECK(drawn.boxes[1].rate == "0/s, 12 queued");
  CHECK(drawn.boxes[2].rate == "not reached");
  CHECK(drawn.boxes[3].rate.empty());
  CHECK(drawn.boxes[4].rate == "started just now");
  CHECK(drawn.arrows[0].rate == "2,000,000/s");
  CHECK(drawn.arrows[1].rate == "0/s");
  CHECK(drawn.arrows[2].rate == "0/s");
  CHECK(drawn.arrows[3].rate.empty());
  CHECK(drawn.arrows[5].rate.empty());
}

TEST_CASE("a rate is of one counter, the sender's or else the receiver's", "[graph]") {
  using namespace std::chrono_literals;
  const std::chrono::steady_clock::time_point now{};
  graph drawn{"t", {}, {{"a", "x", {}}, {"b", "y", {}}}, {{kind::call, 0, 1, {}}}};
  const figures before{node_figures{"tcp://h:1", "aa", 0, 0, {}, {}, {}, now},
                       node_figures{"tcp://h:2", "bb", 0, 0, {}, {{"node aa", 1000}}, {}, now}};
  const figures after{node_figures{"tcp://h:1", "aa", 0, 0, {{"tcp://h:2", 1100}}, {}, {}, now + 1s},
                      node_figures{"tcp://h:2", "bb", 0, 0, {}, {{"node aa", 2100}}, {}, now + 1s}};
  add_rates(drawn, before, after);
  CHECK(drawn.arrows[0].rate == "1,100/s");
}

TEST_CASE("a rate of events is what arrived of them at who hears them", "[graph]") {
  using namespace std::chrono_literals;
  const std::chrono::steady_clock::time_point now{};
  graph drawn{"t", {}, {{"a", "x", {}}, {"b", "y", {}}, {"c", "z", {}}}, {}};
  drawn.arrows = {{kind::event, 0, 1, {}}, {kind::event, 0, 2, {}}, {kind::event, 2, 1, {}}};
  const figures before{
      node_figures{"tcp://h:1", "aa", 0, 0, {{"tcp://h:2", 1}}, {}, {}, now},
      node_figures{"tcp://h:2", "bb", 0, 0, {}, {{"tcp://h:1", 1}}, {{"tcp://h:1", 1000}, {"tcp://h:3", 5}}, now},
      node_figures{"tcp://h:3", "cc", 0, 0, {}, {}, {{"node aa", 10}}, now}};
  const figures after{
      node_figures{"tcp://h:1", "aa", 0, 0, {{"tcp://h:2", 9}}, {}, {}, now + 2s},
      node_figures{"tcp://h:2", "bb", 0, 0, {}, {{"tcp://h:1", 9}}, {{"tcp://h:1", 7000}, {"tcp://h:3", 6}}, now + 2s},
      node_figures{"tcp://h:3", "dd", 0, 0, {}, {}, {{"node aa", 10}}, now + 2s}};
  add_rates(drawn, before, after);
  CHECK(drawn.arrows[0].rate == "3,000/s");
  CHECK(drawn.arrows[1].rate.empty());
  CHECK(drawn.arrows[2].rate.empty());
}

TEST_CASE("a node's figures are not below nothing when its parts were counted later", "[graph]") {
  const auto stats = ordered_json::parse(R"({"taken": 1, "handled": 1, "queued": 0,
      "services": [{"name": "zooid", "handled": 2, "queued": 1}], "peers": []})");
  const node_figures made = make_figures(stats, ordered_json::parse(R"({"node": "ab", "endpoint": "tcp://h:2"})"));
  CHECK(made.handled == 0);
  CHECK(made.queued == 0);
}

TEST_CASE("a node's figures leave out what its reserved service was asked", "[graph]") {
  const auto stats = ordered_json::parse(R"({"taken": 9, "handled": 8, "queued": 3,
      "services": [{"name": "zooid", "handled": 3, "queued": 1}, {"name": "x", "handled": 5, "queued": 2}],
      "peers": [{"peer": "tcp://h:1", "sent": 4, "received": 2, "events": 7},
                {"peer": "tcp://h:1", "sent": 1, "received": 1, "events": 1}]})");
  const auto description = ordered_json::parse(R"({"node": "ab", "endpoint": "tcp://h:2"})");
  const node_figures made = make_figures(stats, description);
  CHECK(made.handled == 5);
  CHECK(made.queued == 2);
  CHECK(made.node == "ab");
  CHECK(made.endpoint == "tcp://h:2");
  CHECK(made.sent.at("tcp://h:1") == 5);
  CHECK(made.received.at("tcp://h:1") == 3);
  CHECK(made.events.at("tcp://h:1") == 8);
}
