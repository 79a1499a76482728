import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

INCOMING = Path("/var/lib/uploads/incoming")
Path("/run/uploads/pid").write_text(str(os.getpid()))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status = INCOMING.stat()
        self.answer(f"{status.st_uid}:{status.st_gid} {status.st_mode & 0o7777:o} {sorted(os.listdir(INCOMING))}")

    def do_POST(self):
        (INCOMING / os.path.basename(self.path)).write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer("stored")

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


HTTPServer(("", 8000), Handler).serve_forever()
