from wsgiref.simple_server import make_server

import falcon

app = falcon.App()

make_server('0.0.0.0', 8000, app).serve_forever()
