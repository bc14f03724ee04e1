#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints whom the hello server greets: listener.py [ENDPOINT] [COUNT]. Needs pyzmq, and a hello_server."""

import json
import secrets
import sys

import zmq

from client import call


def confirm(sub):
    """Waits until the server knows what `sub` has subscribed to: it answers to what comes behind that."""
    for _ in range(50):
        token = b"\xff" + secrets.token_hex(10).encode()  # nobody else's
        sub.subscribe(token)
        while sub.poll(200):  # milliseconds
            if sub.recv_multipart()[0] == token:
                sub.unsubscribe(token)
                return
        sub.unsubscribe(token)
    sys.exit("listener.py: the server does not confirm the subscription")


def main(endpoint="tcp://127.0.0.1:10000", count="10"):
    context = zmq.Context.instance()
    req = context.socket(zmq.REQ)
    req.setsockopt(zmq.RCVTIMEO, 10_000)
    req.setsockopt(zmq.LINGER, 0)
    req.connect(endpoint)
    sub = context.socket(zmq.SUB)
    sub.setsockopt(zmq.LINGER, 0)
    sub.connect(call(req, "zooid", "describe", {"service": ""})["events"])
    sub.subscribe(b"Greeted/")  # or b"Greeted/Ada/" for one key
    confirm(sub)
    print("listening", flush=True)
    for _ in range(int(count)):
        topic, event, about = sub.recv_multipart()
        print(json.loads(event)["name"], "was greeted", flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except zmq.Again:
        sys.exit("listener.py: no answer")
