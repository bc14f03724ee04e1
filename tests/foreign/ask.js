// SPDX-License-Identifier: Apache-2.0
// node ask.js ENDPOINT: as ask.py, for Node.js with npm's zeromq.
"use strict";

const assert = require("node:assert/strict");
const zmq = require("zeromq");

const patience = 30_000; // milliseconds

async function ask(socket, service, message, fields) {
  await socket.send([service, message, JSON.stringify(fields)]);
  const [status, text] = await socket.receive();
  return [status.toString(), JSON.parse(text.toString())];
}

async function checkCalls(endpoint) {
  const req = new zmq.Request({ linger: 0, receiveTimeout: patience });
  req.connect(endpoint);
  const [status, reply] = await ask(req, "greeter", "Greet", { name: "JavaScript" });
  assert.equal(status, "ok");
  assert.match(reply, /^hello, JavaScript, for the /);
  assert.deepEqual(await ask(req, "zooid", "ping", {}), ["ok", null]);
  for (let i = 0; i < 200; ++i) assert.deepEqual(await ask(req, "zooid", "ready", {}), ["ok", true]);
}

async function checkRefusals(endpoint) {
  const req = new zmq.Request({ linger: 0, receiveTimeout: patience });
  req.connect(endpoint);
  for (const [service, message, fields, status, words] of [
    ["nobody", "Greet", { name: "" }, "no_such_service", "nobody"],
    ["greeter", "Shout", { name: "" }, "no_such_message", "Greet"],
    ["greeter", "Greet", {}, "malformed", "Greet.name: missing"],
    ["greeter", "Greet", { name: 7 }, "malformed", "Greet.name: expected a string, not 7"],
    ["greeter", "Greet", { name: "", age: 7 }, "malformed", "Greet.age: unknown field"],
  ]) {
    const [got, error] = await ask(req, service, message, fields);
    assert.equal(got, status);
    assert.equal(error.error, status);
    assert.ok(error.detail.includes(words), error.detail);
  }
}

async function checkDealer(endpoint) {
  const dealer = new zmq.Dealer({ linger: 0, receiveTimeout: patience });
  dealer.connect(endpoint);
  const expected = new Set();
  for (let i = 0; i < 100; ++i) {
    await dealer.send([`${i}`, "", "zooid", "ready", "{}"]);
    expected.add(`${i},,ok,true`);
  }
  for (let i = 0; i < 100; ++i) assert.ok(expected.delete((await dealer.receive()).map(String).join()));
}

// A subscriber whose subscription holds: what it subscribed to last has been answered.
async function subscribe(endpoint, topic) {
  const sub = new zmq.Subscriber({ linger: 0, receiveTimeout: 200 });
  sub.connect(endpoint);
  sub.subscribe(topic);
  for (let attempt = 0; attempt < patience / 200; ++attempt) {
    const token = Buffer.concat([Buffer.from([0xff]), Buffer.from(`ask.js ${attempt}`)]);
    sub.subscribe(token);
    try {
      for (;;) {
        const [heard] = await sub.receive();
        if (!heard.equals(token)) continue;
        sub.receiveTimeout = patience;
        return sub;
      }
    } catch (why) {
      if (why.code !== "EAGAIN") throw why;
    }
  }
  throw new Error(`the subscription to ${topic} was not confirmed`);
}

async function checkEvents(endpoint) {
  const req = new zmq.Request({ linger: 0, receiveTimeout: patience });
  req.connect(endpoint);
  const [, about] = await ask(req, "zooid", "describe", { service: "" });
  const every = await subscribe(about.events, "Greeted/");
  for (let i = 0; i < 50; ++i) await ask(req, "greeter", "Greet", { name: `${i}` });
  let first;
  for (let i = 0; i < 50; ++i) {
    const [topic, text, number] = (await every.receive()).map(String);
    assert.equal(topic, `Greeted/${i}/`);
    assert.deepEqual(JSON.parse(text), { name: `${i}` });
    first ??= JSON.parse(number).sequence;
    assert.equal(JSON.parse(number).sequence, first + i);
  }
}

async function main() {
  const endpoint = process.argv[2];
  for (const check of [checkCalls, checkRefusals, checkDealer, checkEvents]) await check(endpoint);
  console.log("all as expected");
  process.exit(0);
}

main().catch((why) => {
  console.error(why);
  process.exit(1);
});
