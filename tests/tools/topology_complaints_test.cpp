// SPDX-License-Identifier: Apache-2.0
// What is wrong with a topology's file, word by word. topology_machine_test.cpp has what is wrong on the machine.
#include "topology_file.hpp"

using lines = std::vector<std::string>;

namespace {

/// Of a topology "t" with the service "a", whose keys these are from line 4 on.
lines complaints_of_service(const std::string& keys) {
  return complaints_of("name = \"t\"\n[service.a]\ncommand = \"true\"\n" + keys);
}

}  // namespace

TEST_CASE("what is no TOML is complained about with its place", "[topology]") {
  // What follows the place are the words of the library that reads it.
  const lines strange = complaints_of("name = \"t\"\nuntil = = 3\n");
  REQUIRE(strange.size() == 1);
  CHECK_THAT(strange[0], Catch::Matchers::StartsWith("topology.toml:2:9: "));
  const lines twice = complaints_of("name = \"t\"\nname = \"u\"\n");
  REQUIRE(twice.size() == 1);
  CHECK_THAT(twice[0], Catch::Matchers::StartsWith("topology.toml:2:") && Catch::Matchers::Contains("'name'"));
}

TEST_CASE("an empty file lacks a name and a service", "[topology]") {
  CHECK(complaints_of("") ==
        lines{"topology.toml:1:1: no \"name\" of the topology; write name = \"...\" as its first line",
              "topology.toml:1:1: no service; write [service.NAME], and below it command = \"...\""});
  CHECK(complaints_of("name = \"t\"\n[service]\n") ==
        lines{"topology.toml:2:2: no service; write [service.NAME] in place of [service]"});
}

TEST_CASE("an unknown key is complained about, with the one that is meant", "[topology]") {
  CHECK(complaints_of_service("  argments = []\n") ==
        lines{"topology.toml:4:3: unknown key \"argments\" in service \"a\"; did you mean \"arguments\"?"});
  CHECK(complaints_of_service("colour = 3\n") == lines{"topology.toml:4:1: unknown key \"colour\" in service \"a\""});
  CHECK(complaints_of("name = \"t\"\nutnil = \"a\"\n[service.a]\ncommand = \"true\"\n[services.b]\n") ==
        lines{"topology.toml:2:1: unknown key \"utnil\"; did you mean \"until\"?",
              "topology.toml:5:2: unknown key \"services\"; did you mean \"service\"?"});
}

TEST_CASE("a value of the wrong type is complained about", "[topology]") {
  CHECK(complaints_of_service("arguments = \"x\"\n") ==
        lines{"topology.toml:4:13: \"arguments\" in service \"a\" must be an array of strings, not a string"});
  CHECK(complaints_of_service("arguments = [\"x\", 3]\n") ==
        lines{"topology.toml:4:19: what \"arguments\" in service \"a\" lists must be a string, not a whole number"});
  CHECK(complaints_of_service("environment = { A = true }\n") ==
        lines{"topology.toml:4:21: \"A\" in \"environment\" in service \"a\" must be a string, not true or false"});
  CHECK(complaints_of_service("environment = []\n") ==
        lines{"topology.toml:4:15: \"environment\" in service \"a\" must be a table of strings, not an array"});
  CHECK(complaints_of_service("restarts = 1.5\n") ==
        lines{"topology.toml:4:12: \"restarts\" in service \"a\" must be a whole number, not a number"});
  CHECK(complaints_of_service("directory = 1979-05-27\n") ==
        lines{"topology.toml:4:13: \"directory\" in service \"a\" must be a string, not a date or a time"});
  CHECK(complaints_of("name = {}\nservice = 3\n") ==
        lines{"topology.toml:1:8: \"name\" must be a string, not a table",
              "topology.toml:2:11: \"service\" must be a table, not a whole number"});
  CHECK(complaints_of("name = \"t\"\n[service]\na = \"true\"\n") ==
        lines{"topology.toml:3:5: \"service.a\" must be a table, not a string; write [service.a]"});
}

TEST_CASE("a service needs a command", "[topology]") {
  CHECK(complaints_of("name = \"t\"\n[service.a]\n[service.b]\ncommand = \"\"\n") ==
        lines{"topology.toml:2:10: no \"command\" in service \"a\": the program that it runs",
              "topology.toml:4:11: no program \"\" for service \"b\": its name is empty; build or install it, or write "
              "its path"});
}

TEST_CASE("a time has a unit and a bound", "[topology]") {
  const std::string times = " must be a time such as \"100ms\", \"5s\" or \"1m\", ";
  CHECK(complaints_of_service("within = \"5 s\"\n") ==
        lines{"topology.toml:4:10: \"within\" in service \"a\"" + times + "up to a day, not \"5 s\""});
  CHECK(complaints_of_service("within = \"1500m\"\n") ==
        lines{"topology.toml:4:10: \"within\" in service \"a\"" + times + "up to a day, not \"1500m\""});
  CHECK(complaints_of_service("backoff = \"0s\"\n") ==
        lines{"topology.toml:4:11: \"backoff\" in service \"a\"" + times + "of at least 1 ms, not \"0s\""});
  CHECK(complaints_of_service("backoff = 5\n") ==
        lines{"topology.toml:4:11: \"backoff\" in service \"a\" must be a time such as \"5s\", not a whole number"});
  for (const char* wrong : {"", "s", "-1s", "+1s", "1", "1h", "99999999999999999999s", "1s "}) {
    INFO(wrong);
    CHECK(complaints_of_service("within = \"" + std::string(wrong) + "\"\n").size() == 1);
  }
}

TEST_CASE("restarts are bounded, and follow one of three rules", "[topology]") {
  CHECK(complaints_of_service("restart = \"on-failiure\"\nrestarts = -1\n") ==
        lines{"topology.toml:4:11: \"restart\" in service \"a\" must be \"never\", \"on-failure\" or \"always\", not "
              "\"on-failiure\"; did you mean \"on-failure\"?",
              "topology.toml:5:12: \"restarts\" in service \"a\" must be from 0 to 1000000, not -1"});
}

TEST_CASE("a name that is no service is complained about, with the one that is meant", "[topology]") {
  CHECK(
      complaints_of("name = \"t\"\nuntil = \"leger\"\n"
                    "[service.ledger]\ncommand = \"true\"\n"
                    "[service.payments]\ncommand = \"true\"\n"
                    "needs = [\"ledegr\"]\ncalls = [\"ledger\", \"x\"]\nhears = [\"Payments\"]\n") ==
      lines{"topology.toml:2:9: \"until\" names \"leger\", which is no service; did you mean \"ledger\"?",
            "topology.toml:7:10: \"needs\" in service \"payments\" names \"ledegr\", which is no service; did you mean "
            "\"ledger\"?",
            "topology.toml:8:20: \"calls\" in service \"payments\" names \"x\", which is no service",
            "topology.toml:9:10: \"hears\" in service \"payments\" names \"Payments\", which is no service; did you "
            "mean \"payments\"?"});
}

TEST_CASE("services that need each other are named in their order", "[topology]") {
  CHECK(complaints_of("name = \"t\"\n"
                      "[service.a]\ncommand = \"true\"\nneeds = [\"b\"]\n"
                      "[service.b]\ncommand = \"true\"\nneeds = [\"c\"]\n"
                      "[service.c]\ncommand = \"true\"\nneeds = [\"a\"]\n"
                      "[service.d]\ncommand = \"true\"\nneeds = [\"a\", \"d\"]\n") ==
        lines{"topology.toml:10:10: a circle, so that none of them can start first: a needs b needs c needs a",
              "topology.toml:13:15: a circle, so that none of them can start first: d needs d"});
}

TEST_CASE("names are small letters, digits, dashes", "[topology]") {
  const std::string rule = " must begin with a small letter, and go on with small letters, digits, \"_\" and \"-\"";
  CHECK(complaints_of("name = \"Two words\"\n"
                      "[variables]\n\"\" = \"x\"\nb = \"y\"\nhere = \"z\"\n"
                      "[service.1st]\ncommand = \"true\"\n"
                      "[service.b]\ncommand = \"true\"\n"
                      "[service.here]\ncommand = \"true\"\n") ==
        lines{"topology.toml:1:8: the topology's name \"Two words\"" + rule,
              "topology.toml:3:1: the variable's name \"\"" + rule,
              "topology.toml:4:1: the variable \"b\" has a service's name: {b} is that service's endpoint",
              "topology.toml:5:1: no variable may be named \"here\": {here} is the file's folder",
              "topology.toml:5:1: the variable \"here\" has a service's name: {here} is that service's endpoint",
              "topology.toml:6:10: the service's name \"1st\"" + rule,
              "topology.toml:10:10: no service may be named \"here\": {here} is the file's folder"});
}

TEST_CASE("an unknown placeholder is complained about, with the one that is meant", "[topology]") {
  CHECK(
      complaints_of("name = \"t\"\n[variables]\ndata = \"{here}/{home}\"\nmore = \"{data}\"\n"
                    "[service.a]\ncommand = \"true\"\nendpoint = \"tcp://127.0.0.1:{a}\"\n"
                    "arguments = [\"{dta}\", \"{b}\", \"{zzzzz}\", \"{data\"]\n"
                    "environment = { X = \"{}\" }\n"
                    "[service.b]\ncommand = \"true\"\n") ==
      lines{"topology.toml:3:8: nothing is named \"home\" that {home} could stand for; a brace itself is written {{",
            "topology.toml:4:8: {data}: the value of a variable may hold {here}, but no other variable and no service",
            "topology.toml:7:12: {a}: an endpoint may hold variables, but no service",
            "topology.toml:8:14: nothing is named \"dta\" that {dta} could stand for; did you mean \"data\"?",
            "topology.toml:8:23: {b}: service \"b\" has no \"endpoint\"",
            "topology.toml:8:30: nothing is named \"zzzzz\" that {zzzzz} could stand for; a brace itself is written {{",
            "topology.toml:8:41: \"{data\" has no closing brace; a brace itself is written {{",
            "topology.toml:9:21: nothing is named \"\" that {} could stand for; a brace itself is written {{"});
}

TEST_CASE("a setting for what is no variable is complained about", "[topology]") {
  CHECK(complaints_of("name = \"t\"\n[variables]\ndata = \"x\"\n[service.a]\ncommand = \"true\"\n",
                      {{"dtaa", "/tmp"}, {"a", "1"}}) ==
        lines{"topology.toml: no variable is named \"a\", as in --set a=1",
              "topology.toml: no variable is named \"dtaa\", as in --set dtaa=/tmp; did you mean \"data\"?"});
}

TEST_CASE("a malformed endpoint is complained about", "[topology]") {
  struct row {
    std::string endpoint;
    std::string words;
  };
  const row rows[] = {
      {"127.0.0.1:5000", "it begins neither with tcp:// nor with ipc://"},
      {"", "it begins neither with tcp:// nor with ipc://"},
      {"tcp://127.0.0.1", "the port is missing; write :0 for any free one"},
      {"tcp://[::1]", "the port is missing; write :0 for any free one"},
      {"tcp://:5000", "the host is missing"},
      {"tcp://::1:5000", "an IPv6 address stands in brackets: tcp://[::1]:10000"},
      {"tcp://127.0.0.1:65536", "the port is not a number from 0 to 65535"},
      {"tcp://127.0.0.1:x", "the port is not a number from 0 to 65535"},
      {"tcp://127.0.0.1:5000/a", "the port is not a number from 0 to 65535"},
      {"tcp://*:5000", "others dial what stands here: write the one address of this machine that they reach"},
      {"tcp://0.0.0.0:0", "others dial what stands here: write the one address of this machine that they reach"},
      {"tcp://127.0.0.1: 5000", "it holds a space or a control character"},
      {"ipc://relative", "the path must begin with a slash: ipc:///run/service"},
      {"ipc://", "the path must begin with a slash: ipc:///run/service"},
      {"ipc:///" + std::string(120, 'x'), "the path has 121 bytes; a socket's has at most 107"},
  };
  for (const row& each : rows) {
    INFO(each.endpoint);
    CHECK(complaints_of_service("endpoint = \"" + each.endpoint + "\"\n") ==
          lines{"topology.toml:4:12: malformed endpoint \"" + each.endpoint + "\" of service \"a\": " + each.words});
  }
}

TEST_CASE("an endpoint that two services have is complained about", "[topology]") {
  CHECK(
      complaints_of("name = \"t\"\n"
                    "[service.a]\ncommand = \"true\"\nendpoint = \"tcp://localhost:0\"\n"
                    "[service.b]\ncommand = \"true\"\nendpoint = \"tcp://localhost:0\"\n"
                    "[service.c]\ncommand = \"true\"\nendpoint = \"ipc:///tmp/zooid-x\"\n"
                    "[service.d]\ncommand = \"true\"\nendpoint = \"ipc:///tmp/../tmp//zooid-x\"\n") ==
      lines{"topology.toml:13:12: the endpoint ipc:///tmp/../tmp//zooid-x of service \"d\" is already that of service "
            "\"c\", in line 10; write another path"});
}

TEST_CASE("a variable of the environment has a name", "[topology]") {
  CHECK(complaints_of_service("environment = { \"A=B\" = \"x\", \"\" = \"y\" }\n") ==
        lines{"topology.toml:4:17: \"A=B\" is no name for a variable of the environment",
              "topology.toml:4:30: \"\" is no name for a variable of the environment"});
}

TEST_CASE("a zero byte is complained about, and no control character is printed", "[topology]") {
  CHECK(
      complaints_of_service("arguments = [\"a\\u0000b\"]\n\"x\\u001by\" = 3\n") ==
      lines{"topology.toml:4:14: what \"arguments\" in service \"a\" lists holds a zero byte, which no program can be "
            "given",
            "topology.toml:5:1: unknown key \"x?y\" in service \"a\""});
}

TEST_CASE("all complaints come together, in the file's order", "[topology]") {
  const lines all = complaints_of(
      "name = 3\nuntil = \"x\"\n[service.a]\ncomand = \"true\"\nneeds = [\"a\"]\n"
      "[service.b]\ncommand = \"no-such-program\"\nendpoint = \"udp://x\"\n");
  REQUIRE(all.size() == 7);
  CHECK(all[0].starts_with("topology.toml:1:8: "));
  CHECK(all[1].starts_with("topology.toml:2:9: "));
  CHECK(all[2].starts_with("topology.toml:3:10: "));
  CHECK(all[3].starts_with("topology.toml:4:1: "));
  CHECK(all[4].starts_with("topology.toml:5:10: "));
  CHECK(all[5].starts_with("topology.toml:7:11: "));
  CHECK(all[6].starts_with("topology.toml:8:12: "));
}

TEST_CASE("a file that is cut off anywhere is read or complained about", "[topology]") {
  const std::string whole =
      "name = \"orders\"\nuntil = \"a\"\ndrain = \"5s\"\n[variables]\ndata = '''build\n/x'''\n"
      "[service.a]\ncommand = \"true\"\narguments = [\"--x\", \"{a}\", \"{{\", \"{data}/\\u00e9 \xc3\xa9\",\n  \"y\"]\n"
      "endpoint = \"tcp://127.0.0.1:0\"\nenvironment = { LANG = \"C\", B.C = \"x\" }\nneeds = [\"b\"]\n"
      "[service.b]\ncommand = \"/bin/true\"\nrestarts = 0x10\n[[service.c]]\n";
  const topology_file file("");
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    file.write(whole.substr(0, length));
    try {
      static_cast<void>(read_topology(file.path()));
    } catch (const failure& why) {
      INFO(length);
      CHECK(why.code() == exit_code::usage);
      CHECK(std::string(why.what()).starts_with(file.path() + ": "));
    }
  }
}

TEST_CASE("what cannot be read is said", "[topology]") {
  const topology_file file("");
  const std::string folder = file.folder().string();
  CHECK_THROWS_WITH(read_topology(folder), folder + ": this is a folder; name the topology's file in it");
  CHECK_THROWS_WITH(read_topology(folder + "/none.toml"),
                    folder + "/none.toml: the topology's file cannot be read: No such file or directory");
  file.write(std::string((1 << 20) + 1, '#'));
  CHECK_THROWS_WITH(read_topology(file.path()), file.path() + ": no topology's file is larger than 1 MiB");
}
