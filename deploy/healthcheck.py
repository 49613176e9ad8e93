"""Does the web process of this container answer? Asked under a name the site answers to."""

import http.client
import os
import sys

name = os.environ.get("MOOC_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
connection.request("GET", "/healthz", headers={"Host": name})
sys.exit(connection.getresponse().status != 200)
