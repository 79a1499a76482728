import configparser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

config = configparser.ConfigParser()
config.read("config.ini")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = (Path.cwd(), Path("static/one.txt").read_text(), Path("data/where.txt").read_text(), config["site"]["name"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write("; ".join(str(part).strip() for part in parts).encode())


HTTPServer(("", int(config["site"]["port"])), Handler).serve_forever()
