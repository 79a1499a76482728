import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import greet
import version


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        text = f"{greet.hello()} {version.VERSION} {os.environ['APP_VERSION']} {os.environ['APP_HOME']} {os.getcwd()}"
        self.wfile.write(text.encode())


HTTPServer(("", 8000), Handler).serve_forever()
