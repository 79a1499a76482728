import os
import pwd
from http.server import BaseHTTPRequestHandler, HTTPServer

import cffi

LIBC = cffi.FFI()
LIBC.cdef("int abs(int);")
C = LIBC.dlopen(None)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("logs/access.log", "a") as handle:
            handle.write(self.path + "\n")
        owner = pwd.getpwuid(os.stat("app.py").st_uid).pw_name
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{pwd.getpwuid(os.getuid()).pw_name} owns={owner} abs={C.abs(-7)}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
