import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/status":
            return self.send_error(404, "nothing here")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"all quiet")


HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
