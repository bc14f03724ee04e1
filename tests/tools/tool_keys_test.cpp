// SPDX-License-Identifier: Apache-2.0
#include "tool_keys.hpp"

#include "failure.hpp"
#include "integration/tool.hpp"
#include "scratch_folder.hpp"

#include <filesystem>

namespace {

/// A key of ours, and an allow-list that names it at that address.
struct some_keys {
  explicit some_keys(const std::string& address) {
    const std::string name = folder / "own";
    REQUIRE(run_tool({"keys", "new", name}).status == "exit code 0");
    given = {name + ".key", folder / "allowed"};
    REQUIRE(run_tool({"keys", "allow", given.allowed, name + ".pub", "own", address}).status == "exit code 0");
  }
  scratch_folder folder;
  tool_keys given{};
};

}  // namespace

TEST_CASE("an allow-list that anybody may write to is refused", "[keys]") {
  const some_keys keys("10.0.0.1");
  CHECK(!keys_for(keys.given, "tcp://10.0.0.1:7000").server.empty());
  std::filesystem::permissions(keys.given.allowed, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  CHECK_THROWS_WITH(keys_for(keys.given, "tcp://10.0.0.1:7000"), has("anybody may write to") && has("chmod o-w"));
}

TEST_CASE("of several nodes, those of this machine that the allow-list does not name go without keys", "[keys]") {
  const some_keys keys("127.0.0.1:7000");
  const auto has_keys = [&](const std::string& endpoint) {
    return !keys_of_several(keys.given, endpoint).server.empty();
  };
  CHECK(has_keys("tcp://127.0.0.1:7000"));
  CHECK(!has_keys("tcp://127.0.0.1:7001"));
  CHECK(!has_keys("tcp://localhost:7000"));
  CHECK(!has_keys("tcp://[::1]:7000"));
  CHECK(!has_keys("ipc:///tmp/socket"));
  for (const std::string endpoint : {"tcp://10.0.0.1:7000", "tcp://127.example.org:7000"}) {
    CHECK_THROWS_AS(keys_of_several(keys.given, endpoint), failure);
    CHECK_THROWS_AS(keys_for(keys.given, endpoint), failure);
  }
}
