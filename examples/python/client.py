#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls the service of examples/hello from Python: client.py [ENDPOINT] [NAME]. Needs pyzmq, and a hello_server."""

import json
import sys

import zmq


def call(socket, service, message, fields):
    """The reply, made of JSON. Raises RuntimeError with the code and the words of an error."""
    socket.send_multipart([service.encode(), message.encode(), json.dumps(fields).encode()])
    status, text = socket.recv_multipart()
    reply = json.loads(text)
    if status != b"ok":
        raise RuntimeError(f"{reply['error']}: {reply['detail']}")
    return reply


def main(endpoint="tcp://127.0.0.1:10000", name="Python"):
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.setsockopt(zmq.RCVTIMEO, 10_000)  # milliseconds; a server that is not there is no error to ZeroMQ
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(endpoint)
    print(call(socket, "greeter", "Greet", {"name": name}))
    try:
        call(socket, "greeter", "Greet", {"name": 42})
    except RuntimeError as error:
        print(error)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except zmq.Again:
        sys.exit("client.py: no answer")
