import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import attrs

import ledger


@attrs.define
class Entry:
    account: str
    amount: int


ENTRIES = [Entry("harbour dues", 120), Entry("pilot", 80)]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        total = sum(entry.amount for entry in ENTRIES)
        self.wfile.write(f"{ledger.__file__} {total}".encode())


def main():
    port = int(sys.argv[sys.argv.index("--listen") + 1])
    HTTPServer(("", port), Handler).serve_forever()
