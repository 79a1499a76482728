import sys
from wsgiref.simple_server import make_server

import falcon


class Pilots:
    def on_get(self, request, response):
        response.media = {"pilots": ["Ana", "Iker"], "prefix": sys.prefix}


app = falcon.App()
app.add_route("/pilots", Pilots())

make_server("0.0.0.0", 8000, app).serve_forever()
