# SPDX-License-Identifier: Apache-2.0
@0x87d269ad80dbcabc;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("bench::capnp_wire");

struct Payload {
  sequence @0 :UInt64;
  producer @1 :UInt64;
  bytes @2 :Data;
}

interface Sink {
  call @0 (asked :Payload) -> (answer :Payload);   # The same again.
  report @1 () -> (count :UInt64, sum :UInt64);    # Of all that was received so far.
}
