// SPDX-License-Identifier: Apache-2.0
#include "allow_list.hpp"

#include "catch.hpp"
#include "key_file.hpp"
#include "key_folder.hpp"

#include <zooid/error.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

/// The words and the code with which something was refused.
struct refusal {
  zooid::errc code{};
  std::string words{};
};

refusal refused(const std::function<void()>& what) {
  try {
    what();
  } catch (const zooid::setup_error& why) {
    return {why.code(), why.what()};
  }
  return {};
}

auto has(const std::string& part) { return Catch::Matchers::Contains(part); }

const std::string one(40, '0');
const std::string two(40, '1');

}  // namespace

TEST_CASE("a key is 40 characters of Z85 that stand for 32 bytes", "[allow_list]") {
  key_folder folder;
  for (int i = 0; i < 20; ++i) CHECK(zooid::is_key(folder.key(std::to_string(i)).open));
  CHECK(zooid::is_key(one));
  CHECK_FALSE(zooid::is_key(""));
  CHECK_FALSE(zooid::is_key(one.substr(1)));
  CHECK_FALSE(zooid::is_key(one + "0"));
  CHECK_FALSE(zooid::is_key(std::string(39, '0') + "\""));
  CHECK_FALSE(zooid::is_key(std::string(40, '#')));  // More than 32 bits.
}

TEST_CASE("an allow-list knows keys by themselves and by address, the port before the host", "[allow_list]") {
  const auto list = zooid::allow_list::parse("# who is who\n\n" + one + " payments 10.0.0.2 tcp://[::1]:7\r\n" + "  " +
                                                 two + "\tledger  10.0.0.2:7000 /run/ledger ipc://@l # old",
                                             "allowed");
  REQUIRE(list.find_key(one) != nullptr);
  CHECK(list.find_key(one)->name == "payments");
  CHECK(list.find_key(std::string(40, '2')) == nullptr);
  const auto at = [&](const char* endpoint) {
    const auto* const found = list.find_endpoint(endpoint);
    return found == nullptr ? std::string() : found->name;
  };
  CHECK(at("tcp://10.0.0.2:7000") == "ledger");
  CHECK(at("tcp://10.0.0.2:7001") == "payments");
  CHECK(at("tcp://[::1]:7") == "payments");
  CHECK(at("ipc:///run/ledger") == "ledger");
  CHECK(at("ipc://@l") == "ledger");
  for (const char* nobody : {"tcp://10.0.0.3:7000", "tcp://[::1]:8", "ipc:///run/ledge", "ipc:///run", "mem://x",
                             "tcp://old:1", "tcp://#:1", ""}) {
    CAPTURE(nobody);
    CHECK(at(nobody).empty());
  }
}

TEST_CASE("what is wrong with an allow-list is said with its line", "[allow_list]") {
  struct mistake {
    std::string line;
    std::string words;
  };
  const std::vector<mistake> mistakes{
      {"payments " + two, "\"payments\" is no key"},
      {two, "the name is missing"},
      {one + " again", "line 2 has this key already"},
      {two + " other 10.0.0.2", "line 2 has the address \"10.0.0.2\" already"},
      {two + " other 10.0.0.3/24", "an address is host:port"},
      {two + " other ::1", "stands in brackets"},
      {two + " other host:", "host or port is missing"},
      {two + " other :1", "host or port is missing"},
      {two + " other host:99999", "host or port is missing"},
      {two + " oth\x01"
             "er",
       "a control character"},
      {two.substr(1) + " other", "is no key"},
  };
  for (const auto& [line, words] : mistakes) {
    CAPTURE(line);
    const refusal why = refused([&, text = "# first\n" + one + " payments 10.0.0.2\n" + line + "\n"] {
      static_cast<void>(zooid::allow_list::parse(text, "allowed"));
    });
    CHECK(why.code == zooid::errc::malformed);
    CHECK_THAT(why.words, has("allowed:3: ") && has(words) && has("KEY NAME [ADDRESS...]"));
  }
}

TEST_CASE("an allow-list that cannot be read, or be written by anybody, is refused with what to do", "[allow_list]") {
  key_folder folder;
  const auto read = [&](const std::string& name) {
    return refused([&] { static_cast<void>(zooid::allow_list::read(folder.path(name))); });
  };
  refusal why = read("nowhere");
  CHECK(why.code == zooid::errc::denied);
  CHECK_THAT(why.words, has("No such file") && has("zooid keys allow"));
  folder.allow("open", {"payments"});
  CHECK(read("open").code == zooid::errc{});
  folder.write("open", "", 0646);
  why = read("open");
  CHECK(why.code == zooid::errc::denied);
  CHECK_THAT(why.words, has("mode 0646") && has("chmod o-w " + folder.path("open")));
  folder.write("long", std::string((1 << 20) + 1, '#'), 0644);
  CHECK_THAT(read("long").words, has("longer than 1 MiB"));
  CHECK_THAT(read("").words, has("no regular file"));
}

TEST_CASE("a key file is read only when nobody else can", "[allow_list]") {
  key_folder folder;
  const auto& own = folder.key("payments");
  const std::string file = folder.path("payments.key");
  const auto read = [&](const std::string& text, int mode) {
    folder.write("payments.key", text, mode);
    return refused([&] { static_cast<void>(zooid::read_key_file(file)); });
  };
  const std::string open = "public = \"" + own.open + "\"\n";
  const std::string secret = "secret = \"" + own.secret + "\"\n";
  CHECK(read("# mine\n\n" + open + "  secret=\"" + own.secret + "\" \r\n", 0600).code == zooid::errc{});
  CHECK(zooid::read_key_file(file).public_key == own.open);
  CHECK(zooid::read_key_file(file).secret_key == own.secret);

  for (const int mode : {0644, 0640, 0604, 0660}) {
    const refusal why = read(open + secret, mode);
    CHECK(why.code == zooid::errc::denied);
    CHECK_THAT(why.words, has("has the mode 0") && has("chmod 600 " + file));
  }
  if (::geteuid() == 0) {  // Only root can give files away.
    REQUIRE(::chown(file.c_str(), 65534, 65534) == 0);
    std::filesystem::permissions(file, static_cast<std::filesystem::perms>(0600));
    const refusal why = refused([&] { static_cast<void>(zooid::read_key_file(file)); });
    CHECK(why.code == zooid::errc::denied);
    CHECK_THAT(why.words, has("belongs to the user 65534") && has("chown 0 " + file));
  }
  struct mistake {
    std::string text;
    std::string words;
  };
  const std::vector<mistake> mistakes{
      {open, "there is no line secret"},
      {secret, "there is no line public"},
      {open + secret + secret, ":3: this half of the key stands here twice"},
      {open + "secret = " + own.secret, ":2: expected"},
      {"secret \"" + own.secret + "\"", ":1: expected"},
      {"public = \"short\"", ":1: expected"},
      {"nonsense", ":1: expected"},
      {"", "there is no line secret"},
  };
  for (const auto& [text, words] : mistakes) {
    CAPTURE(text);
    const refusal why = read(text, 0600);
    CHECK(why.code == zooid::errc::malformed);
    CHECK_THAT(why.words, has(file) && has(words) && has("zooid keys new"));
  }
  const refusal missing = refused([&] { static_cast<void>(zooid::read_key_file(folder.path("none.key"))); });
  CHECK(missing.code == zooid::errc::denied);
  CHECK_THAT(missing.words, has("No such file") && has("zooid keys new"));
}
