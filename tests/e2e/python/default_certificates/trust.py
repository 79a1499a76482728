"""How many authorities the standard library's default context trusts, as urllib would ask for them."""

import http.server
import ssl


class Trust(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        paths = ssl.get_default_verify_paths()
        context = ssl.create_default_context()
        context.load_verify_locations(cafile=paths.cafile)
        body = f"authorities: {'many' if len(context.get_ca_certs()) > 50 else 'none'}, directory: {paths.capath}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Trust).serve_forever()
