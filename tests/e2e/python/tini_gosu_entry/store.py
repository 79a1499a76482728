import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("hits", "a") as handle:
            handle.write("x")
        parent = open("/proc/1/comm").read().strip()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"uid={os.getuid()} init={parent} mode={os.stat('hits').st_mode & 0o777:o}".encode())


HTTPServer(("", 6400), Handler).serve_forever()
