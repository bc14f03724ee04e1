// SPDX-License-Identifier: Apache-2.0
#include "run_file.hpp"

#include "failure.hpp"
#include "scratch_folder.hpp"

#include "catch.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace {

/// Makes a folder XDG_RUNTIME_DIR for the time of a test.
class runtime_folder {
 public:
  runtime_folder() { ::setenv("XDG_RUNTIME_DIR", path().c_str(), 1); }
  ~runtime_folder() { ::unsetenv("XDG_RUNTIME_DIR"); }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return scratch_.path(); }

 private:
  scratch_folder scratch_;
};

}  // namespace

TEST_CASE("a running topology is found by its file, as long as it runs", "[run_file]") {
  const runtime_folder folder;
  const running_topology orders{"orders", "/x/orders.toml", 4711, {{"ledger", "tcp://127.0.0.1:5000"}}};
  CHECK_FALSE(find_running("/x/orders.toml"));
  {
    const run_file running(orders);
    CHECK(running.path().lexically_relative(folder.path()).filename() == "orders-4711.json");
    const auto found = find_running("/x/orders.toml");
    REQUIRE(found);
    CHECK(found->name == "orders");
    CHECK(found->path == "/x/orders.toml");
    CHECK(found->pid == 4711);
    CHECK(found->endpoints == orders.endpoints);
    CHECK_FALSE(find_running("/x/other.toml"));
  }
  CHECK_FALSE(find_running("/x/orders.toml"));
}

TEST_CASE("of several that run the same file, the last one is found", "[run_file]") {
  const runtime_folder folder;
  const run_file first({"orders", "/x", 1, {}});
  const run_file second({"orders", "/x", 2, {}});
  const run_file other({"orders", "/y", 3, {}});
  // Their times may be the same: the clock of files is coarse.
  std::filesystem::last_write_time(first.path(),
                                   std::filesystem::last_write_time(second.path()) - std::chrono::seconds(1));
  CHECK(find_running("/x").value().pid == 2);
  std::filesystem::last_write_time(first.path(),
                                   std::filesystem::last_write_time(second.path()) + std::chrono::seconds(1));
  CHECK(find_running("/x").value().pid == 1);
}

TEST_CASE("what a killed one left behind is not found, and goes with the next", "[run_file]") {
  const runtime_folder folder;
  std::filesystem::path left;
  {
    const run_file running({"orders", "/x", 1, {}});
    left = running.path();
    std::filesystem::copy_file(left, left.parent_path() / "left-2.json");
    left = left.parent_path() / "left-2.json";
    CHECK(find_running("/x").value().pid == 1);
  }
  CHECK(std::filesystem::exists(left));
  CHECK_FALSE(find_running("/x"));
  const run_file next({"next", "/y", 3, {}});
  CHECK_FALSE(std::filesystem::exists(left));
}

TEST_CASE("a folder for run files that others may write to is not used", "[run_file]") {
  const runtime_folder folder;
  std::filesystem::path in;
  {
    const run_file running({"orders", "/x", 1, {}});
    in = running.path().parent_path();
    std::filesystem::permissions(in, std::filesystem::perms::all);
    CHECK_FALSE(find_running("/x"));
  }
  CHECK_THROWS_AS(run_file({"orders", "/x", 1, {}}), failure);
}
