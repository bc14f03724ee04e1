// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// Services for topologies that `zooid up` is to run: TOML, to which `more` adds keys.

/// A script of the shell, without an endpoint unless `more` gives it one.
inline std::string script(const std::string& name, const std::string& text, const std::string& more = {}) {
  return "[service." + name + "]\ncommand = \"sh\"\narguments = [\"-c\", '''" + text + "''']\n" + more + "\n";
}

/// For `script`: says "here", and does `last` when it is told to end. It waits in a way that a signal ends.
inline std::string until_told(const std::string& last) {
  return "trap '" + last + "; exit 0' TERM; echo here; while :; do sleep 1000 & wait; done";
}

/// The example's server, at any port.
inline std::string greeter(const std::string& name, const std::string& more = {}) {
  return "[service." + name + "]\ncommand = \"hello_server\"\narguments = [\"{" + name +
         "}\"]\nendpoint = \"tcp://127.0.0.1:0\"\n" + more + "\n";
}
