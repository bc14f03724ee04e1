#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask.py ENDPOINT: a program that is no node calls the hello server's services. Exits with 1 and says why when an answer
is not as expected."""

import json
import sys

import zmq

PATIENCE = 30_000  # milliseconds


def expect(found, wanted, what):
    if found != wanted:
        sys.exit(f"{what}: expected {wanted!r}, got {found!r}")


def open_socket(context, kind, endpoint):
    socket = context.socket(kind)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.RCVTIMEO, PATIENCE)
    socket.connect(endpoint)
    return socket


def ask(socket, service, message, fields):
    socket.send_multipart([service.encode(), message.encode(), json.dumps(fields).encode()])
    status, text = socket.recv_multipart()
    return status.decode(), json.loads(text)


def check_calls(context, endpoint):
    req = open_socket(context, zmq.REQ, endpoint)
    status, reply = ask(req, "greeter", "Greet", {"name": "Python"})
    expect(status, "ok", "a call")
    expect(reply.startswith("hello, Python, for the "), True, "its reply")
    expect(ask(req, "greeter", "Greet", {"name": "世界"})[0], "ok", "a call with other letters")
    expect(ask(req, "zooid", "ping", {}), ("ok", None), "a ping")
    for count in range(200):
        expect(ask(req, "zooid", "ready", {}), ("ok", True), f"call {count}")


def check_refusals(context, endpoint):
    req = open_socket(context, zmq.REQ, endpoint)
    for service, message, fields, status, words in [
        ("nobody", "Greet", {"name": ""}, "no_such_service", "nobody"),
        ("greeter", "Shout", {"name": ""}, "no_such_message", "Greet"),
        ("greeter", "Greet", {}, "malformed", "Greet.name: missing"),
        ("greeter", "Greet", {"name": 7}, "malformed", "Greet.name: expected a string, not 7"),
        ("greeter", "Greet", {"name": "", "age": 7}, "malformed", "Greet.age: unknown field"),
    ]:
        got, error = ask(req, service, message, fields)
        expect((got, error["error"]), (status, status), f"{message} to {service}")
        expect(words in error["detail"], True, f"{words!r} in {error['detail']!r}")


def check_dealer(context, endpoint):
    dealer = open_socket(context, zmq.DEALER, endpoint)
    for number in range(100):
        dealer.send_multipart([b"%d" % number, b"", b"zooid", b"ready", b"{}"])
    answers = sorted(dealer.recv_multipart() for _ in range(100))
    expect(answers, sorted([b"%d" % number, b"", b"ok", b"true"] for number in range(100)), "a DEALER's answers")
    dealer.send_multipart([b"only one"])
    expect(dealer.recv_multipart()[0], b"malformed", "a message of one part")


def subscribe(context, endpoint, topic):
    """A SUB whose subscription holds: what it subscribed to last has been answered."""
    sub = open_socket(context, zmq.SUB, endpoint)
    sub.subscribe(topic)
    for attempt in range(PATIENCE // 200):
        token = b"\xffask.py %d" % attempt
        sub.subscribe(token)
        while sub.poll(200):
            if sub.recv_multipart()[0] == token:
                return sub
    sys.exit(f"the subscription to {topic} was not confirmed")


def check_events(context, endpoint):
    req = open_socket(context, zmq.REQ, endpoint)
    events = ask(req, "zooid", "describe", {"service": ""})[1]["events"]
    every = subscribe(context, events, b"Greeted/")
    ada = subscribe(context, events, b"Greeted/Ada/")
    for count in range(50):
        name = "Ada" if count % 2 else "Ad"
        expect(ask(req, "greeter", "Greet", {"name": name})[0], "ok", "a call")
    first = None
    for count in range(50):
        name = "Ada" if count % 2 else "Ad"
        topic, text, about = every.recv_multipart()
        expect(topic.decode(), f"Greeted/{name}/", "a topic")
        expect(json.loads(text), {"name": name}, "an event")
        number = json.loads(about)["sequence"]
        expect(number, number if first is None else first + count, "an event's number")
        first = number if first is None else first
    for count in range(25):
        expect(json.loads(ada.recv_multipart()[1]), {"name": "Ada"}, "an event by its key")
    fields = {"event": "Greeted", "key": "Ada", "json": '{"name": "from Python"}'}
    expect(ask(req, "zooid", "publish", fields), ("ok", None), "publishing")
    expect(json.loads(ada.recv_multipart()[1]), {"name": "from Python"}, "an event of this program's own")
    fields["json"] = '{"name": 7}'
    status, error = ask(req, "zooid", "publish", fields)
    expect((status, "Greeted.name" in error["detail"]), ("malformed", True), "publishing what is no Greeted")


def main():
    endpoint = sys.argv[1]
    context = zmq.Context()
    for check in (check_calls, check_refusals, check_dealer, check_events):
        check(context, endpoint)
    print("all as expected")


main()
