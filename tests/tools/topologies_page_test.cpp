// SPDX-License-Identifier: Apache-2.0
// What docs/topologies.md shows.
#include "topology_file.hpp"

#include <iterator>

namespace {

/// What stands in the page's first block of that language.
std::string block(const std::string& language) {
  std::ifstream from(ZOOID_SOURCE_DIR "/docs/topologies.md");
  const std::string page{std::istreambuf_iterator<char>(from), {}};
  const std::string fence = "\n```" + language + "\n";
  const std::size_t begin = page.find(fence);
  REQUIRE(begin != std::string::npos);
  return page.substr(begin + fence.size(), page.find("\n```\n", begin + fence.size()) - begin - fence.size() + 1);
}

void replace(std::string& in, const std::string& what, const std::string& by) {
  const std::size_t at = in.find(what);
  REQUIRE(at != std::string::npos);
  in.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("the topology that its page shows is one", "[topology]") {
  const topology_file file(block("toml"));
  const topology read = read_topology(file.path());
  CHECK(read.services.size() == 3);
}

TEST_CASE("the complaints that its page shows are those of two slips", "[topology]") {
  std::string text = block("toml");
  replace(text, "arguments = [\"--listen\", \"{payments}\"", "argments = [\"--listen\", \"{payments}\"");
  replace(text, "needs = [\"ledger\"]", "needs = [\"ledegr\"]");
  const topology_file file(text);
  std::string shown = "zooid: ";
  try {
    static_cast<void>(read_topology(file.path()));
  } catch (const failure& why) {
    shown += why.what() + std::string("\n");
  }
  const std::string folder = file.folder().string() + "/";
  for (std::size_t at = shown.find(folder); at != std::string::npos; at = shown.find(folder)) {
    shown.erase(at, folder.size());
  }
  CHECK(shown == block("text"));
}
