import datetime
import os
import time
import zoneinfo
from http.server import BaseHTTPRequestHandler, HTTPServer

SUMMER = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.UTC)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        local = SUMMER.astimezone()
        tokyo = SUMMER.astimezone(zoneinfo.ZoneInfo("Asia/Tokyo"))
        link = os.path.realpath("/etc/localtime")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{local:%H:%M} {time.tzname[1]} {tokyo:%H:%M} {link}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
