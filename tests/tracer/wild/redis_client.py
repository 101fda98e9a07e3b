"""redis-py at a server that runs already: values, a pipeline, and a list that is waited for."""

import sys
import threading

import redis


def connected():
    return redis.Redis(port=int(sys.argv[1]), protocol=2, decode_responses=True)


with connected() as store, connected() as other:
    print(store.set("name", "line\r\nline"), store.get("name"), store.get("nothing"))
    store.rpush("list", *map(str, range(30)))
    print(store.lrange("list", 0, -1))
    with store.pipeline() as pipeline:
        print(pipeline.incr("count").incr("count").exists("count").execute())
    waiting = threading.Thread(target=lambda: print(other.blpop("later", timeout=10)))
    waiting.start()
    store.rpush("later", "came")
    waiting.join()
    store.flushall()
