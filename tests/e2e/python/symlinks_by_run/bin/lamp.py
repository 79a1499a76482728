#!/usr/bin/env python
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = Path("site.txt").read_text().strip()
        dangling = os.path.islink("override.conf") and not os.path.exists("override.conf")
        self.send_response(200)
        self.end_headers()
        log = os.readlink("/var/log/lamp/access.log")
        self.wfile.write(f"{text}, {os.readlink('/srv/current')}, {log}, dangling={dangling}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
