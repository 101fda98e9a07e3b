"""redis-py and a real redis-server, which this program starts for itself."""

import subprocess
import sys

import redis

words = ["redis-server", "--port", sys.argv[1], "--save", "", "--daemonize", "no"]
with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
    for line in server.stdout:
        if "Ready to accept connections" in line:
            break
    with redis.Redis(port=int(sys.argv[1]), decode_responses=True) as store:
        store.set("name", "line\r\nline")
        print(store.get("name"), store.get("nothing"))
        store.rpush("list", *map(str, range(30)))
        print(store.lrange("list", 0, -1))
        with store.pipeline() as pipeline:
            print(pipeline.incr("count").incr("count").exists("count").execute())
    server.terminate()
