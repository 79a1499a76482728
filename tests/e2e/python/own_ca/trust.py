"""Which of our own authorities this machine trusts: through the bundle, and through the hashed folder."""

import os
import ssl
from http.server import BaseHTTPRequestHandler, HTTPServer


def subjects():
    names = []
    for certificate in ssl.create_default_context().get_ca_certs():
        names += [value for part in certificate["subject"] for key, value in part if key == "commonName"]
    return names


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        own = [name for name in subjects() if name.startswith("Harbour")]
        hashed = [
            name for name in os.listdir("/etc/ssl/certs") if os.path.realpath(f"/etc/ssl/certs/{name}").endswith("/harbour.crt")
        ]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{own} links={len(hashed)} public={len(subjects()) > 50}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
