import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


def running(name):
    return any(path.read_text().strip() == name for path in Path("/proc").glob("[0-9]*/comm"))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        table = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False).stdout
        log = Path("/var/log/cron.log").read_text()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"cron={running('cron')} job={'tick.py' in table} ticks={log.count('tick')}".encode())


HTTPServer(("", 8000), Handler).serve_forever()
