"""A log of what ships say, and of the tools that keep it."""

import shlex
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer

TOOLS = {"/keeper": "git --version", "/page": None}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        command = TOOLS.get(self.path)
        text = subprocess.run(shlex.split(command), capture_output=True, check=True).stdout if command else b"calm\n"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


def main():
    HTTPServer(("", 8000), Handler).serve_forever()
