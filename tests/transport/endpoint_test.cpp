// SPDX-License-Identifier: Apache-2.0
#include "endpoint.hpp"

#include <zooid/error.hpp>

#include "catch.hpp"

#include <string>

TEST_CASE("a service's address is an endpoint and a name, or a name alone", "[endpoint]") {
  struct row {
    std::string text;
    std::string endpoint;
    std::string service;
  };
  const row rows[] = {
      {"greeter", "", "greeter"},
      {"tcp://127.0.0.1:10000/greeter", "tcp://127.0.0.1:10000", "greeter"},
      {"tcp://localhost:1/x", "tcp://localhost:1", "x"},
      {"tcp://[::1]:65535/x", "tcp://[::1]:65535", "x"},
      {"tcp://host.example:80/a.b-c", "tcp://host.example:80", "a.b-c"},
      {"ipc:///tmp/socket/greeter", "ipc:///tmp/socket", "greeter"},
      {"mem://a/b", "mem://a", "b"},
  };
  for (const row& each : rows) {
    INFO(each.text);
    const zooid::service_address parsed = zooid::parse_service_address(each.text);
    CHECK(parsed.endpoint == each.endpoint);
    CHECK(parsed.service == each.service);
  }
}

TEST_CASE("a malformed address is refused with its own text", "[endpoint]") {
  for (const std::string text : {"",
                                 " ",
                                 "a b",
                                 "a/b",
                                 "a:1",
                                 "tcp:/x/y",
                                 "tcp://",
                                 "tcp:///x",
                                 "tcp://host/x",
                                 "tcp://host:/x",
                                 "tcp://:1/x",
                                 "tcp://host:0/x",
                                 "tcp://host:65536/x",
                                 "tcp://host:1e3/x",
                                 "tcp://host:-1/x",
                                 "tcp://host:123456/x",
                                 "tcp://host:1",
                                 "tcp://host:1/",
                                 "tcp://host:1/a/b",
                                 "udp://host:1/x",
                                 "ipc://",
                                 "ipc:///",
                                 "ipc:///x/",
                                 "ipc://x",
                                 "http://host:1/x",
                                 "tcp://host:1/x\n",
                                 "tcp://ho st:1/x",
                                 "://x/y"}) {
    INFO(text);
    try {
      const zooid::service_address parsed = zooid::parse_service_address(text);
      FAIL_CHECK("taken as \"" << parsed.endpoint << "\" and \"" << parsed.service << "\"");
    } catch (const zooid::setup_error& why) {
      CHECK(why.code() == zooid::errc::malformed_address);
      CHECK(std::string(why.what()).find("\"" + text + "\"") != std::string::npos);
    }
  }
}

TEST_CASE("loopback, ipc and memory are local, everything else is not", "[endpoint]") {
  for (const char* each :
       {"tcp://127.0.0.1:1", "tcp://127.9.9.9:1", "tcp://localhost:1", "tcp://[::1]:1", "ipc:///x", "mem://x"}) {
    INFO(each);
    CHECK(zooid::is_local_endpoint(each));
  }
  for (const char* each :
       {"tcp://0.0.0.0:1", "tcp://*:1", "tcp://10.0.0.1:1", "tcp://[::]:1", "tcp://localhost.example:1",
        "tcp://example.org:1", "tcp://localhost:0;10.0.0.1:1", "udp://127.0.0.1:1", "tcp://127.example.org:1"}) {
    INFO(each);
    CHECK_FALSE(zooid::is_local_endpoint(each));
  }
}
