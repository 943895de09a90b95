"""Computes AWS Signature Version 4 with Python's own hmac and hashlib.

Reads one JSON object from standard input: method, path, region, secret, headers (those that were
signed, as they were sent), body (the digest in hexadecimal digits). Prints the signature.
"""

import hashlib
import hmac
import json
import sys

asked = json.load(sys.stdin)
headers = {name.lower(): " ".join(value.split()) for name, value in asked["headers"].items()}
names = sorted(headers)
moment = headers["x-amz-date"]
scope = "/".join([moment[:8], asked["region"], "s3", "aws4_request"])
canonical = "\n".join(
    [asked["method"], asked["path"], ""]
    + [name + ":" + headers[name] for name in names]
    + ["", ";".join(names), asked["body"]]
)
text = "\n".join(
    ["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()]
)
key = ("AWS4" + asked["secret"]).encode()
for part in scope.split("/"):
    key = hmac.new(key, part.encode(), hashlib.sha256).digest()
print(hmac.new(key, text.encode(), hashlib.sha256).hexdigest())
