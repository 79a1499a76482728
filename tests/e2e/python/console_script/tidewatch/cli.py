import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from importlib.resources import files

import click

STATIONS = json.loads(files("tidewatch").joinpath("stations.json").read_text())


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"version": version("tidewatch"), "stations": STATIONS}).encode())


@click.group()
@click.version_option(package_name="tidewatch")
def main():
    """High waters of the day."""


@main.command()
@click.option("--port", default=8765)
def serve(port):
    """Answer over HTTP."""
    HTTPServer(("0.0.0.0", port), Handler).serve_forever()
