// SPDX-License-Identifier: Apache-2.0

// A stage: does its work with each reading, and passes it on.

#include "ending.hpp"
#include "outlet.hpp"
#include "work.hpp"

#include <zooid/json.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

struct stage_options {
  std::string name{};
  work what{};
  unsigned inputs = 1;
  std::chrono::microseconds slow{};
};

class Stage {
 public:
  using contract = Inlet;
  static constexpr zooid::mailbox_limits mailbox = short_mailbox;

  Stage(stage_options options, outlet out, ending& program)
      : options_(std::move(options)), out_(std::move(out)), program_(program) {}

  zooid::task<> on(Reading&& reading) {
    options_.what(reading);
    be_slow();
    auto told = out_.pass(reading);
    if (const zooid::result<void> taken = co_await told; !taken) program_.fail(options_.name, taken.error());
  }

  zooid::task<> on(End&& end) {
    reports_.merge(end.reports);
    if (++ended_ < options_.inputs) co_return;  // Others still send.
    end.reports = std::move(reports_);
    const zooid::result<void> passed = co_await out_.pass(end, options_.name);
    if (!passed) co_return program_.fail(options_.name, passed.error());
    program_.done();
  }

 private:
  void be_slow() const {
    using clock = std::chrono::steady_clock;
    if (options_.slow.count() == 0) return;
    for (const auto until = clock::now() + options_.slow; clock::now() < until;) {
    }
  }

  const stage_options options_;
  outlet out_;
  ending& program_;
  std::map<std::string, Report> reports_;
  unsigned ended_ = 0;
};

}  // namespace

int main(int argc, char** argv) try {
  std::string listen = "tcp://127.0.0.1:0";
  std::string work_name;
  std::vector<std::string> next;
  unsigned slow = 0;
  stage_options stage;
  CLI::App options("A stage of a pipeline of readings.", "pipeline_stage");
  options.add_option("--listen", listen, "Where it is reached: tcp://host:port or ipc:///path")->capture_default_str();
  options.add_option("--work", work_name, "What it does")
      ->required()
      ->check(CLI::IsMember({"calibrate", "average", "alarm"}));
  options.add_option("--name", stage.name, "What the sink calls it; otherwise as its work");
  options.add_option("--inputs", stage.inputs, "How many send to it")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  options.add_option("--to", next, "The address of what is next; of several, if they share the readings")->required();
  options.add_option("--slow", slow, "Microseconds of extra work for each reading");
  CLI11_PARSE(options, argc, argv);
  stage.what = work_named(work_name);
  stage.slow = std::chrono::microseconds(slow);
  if (stage.name.empty()) stage.name = work_name;

  ending program;
  zooid::node node{{.listen = listen, .door = zooid::json()}};
  node.spawn_as<Stage>("inlet", stage, outlet(node, next), program);
  std::cout << "listening at " << node.endpoint() << std::endl;
  program.wait();
  node.stop(patience);  // What it has is worked on and passed on before.
  return program.exit_code();
} catch (const std::exception& failure) {
  std::cerr << "pipeline_stage: " << failure.what() << '\n';
  return 1;
}
