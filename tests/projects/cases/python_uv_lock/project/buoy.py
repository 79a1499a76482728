from starlette.applications import Starlette
from starlette.routing import Mount

inner = Starlette()
app = Starlette()
app.mount('/inner', inner)
