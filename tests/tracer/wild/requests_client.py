"""requests: a session that keeps its connection, a body in chunks, and an answer in chunks."""

import sys

import requests

base = f"http://127.0.0.1:{sys.argv[1]}"
with requests.Session() as session:
    session.trust_env = False
    print(session.get(f"{base}/page").text)
    print(session.post(f"{base}/form", data={"some": "words"}).text)
    print(session.post(f"{base}/parts", data=iter([b"some ", b"parts " * 1000])).text[:40])
    last = {"Connection": "close"}  # else it is chance who closes first, which are other calls
    with session.get(f"{base}/end", stream=True, headers=last) as answer:
        print(list(answer.iter_lines()))
