import os
import pwd
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("/config/settings.ini", "w") as handle:
            handle.write("[media]\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{pwd.getpwuid(os.getuid()).pw_name} {os.getuid()}:{os.getgid()}".encode())


HTTPServer(("", 8080), Handler).serve_forever()
