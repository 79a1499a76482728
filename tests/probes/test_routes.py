"""Routes in a server's source: what every framework calls them, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.closure.surroundings import surroundings
from lightship.elf import DirectoryTree
from lightship.evidence.observation import FileFact, Route
from lightship.probes.facts.routes import LIMIT, routes


def found(tmp_path: Path, name: str, text: str, method: str = "GET") -> tuple[str, ...]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    fact = FileFact(name, "file", 0o644, 0, 0, size=len(text))
    listed = routes(surroundings(DirectoryTree(tmp_path), None), {name: fact})
    assert all(isinstance(one, Route) for one in listed)
    return tuple(one.path for one in listed if one.method == method)


@pytest.mark.parametrize(
    ("name", "text", "path"),
    [
        ("app/main.py", '@app.route("/harbours")\ndef harbours(): ...', "/harbours"),
        ("app/main.py", "@router.get('/tides')\nasync def tides(): ...", "/tides"),
        ("app/urls.py", "urlpatterns = [path('polls/', include('polls.urls'))]", "/polls/"),
        ("app/main.py", "app.router.add_get('/buoys', buoys)", "/buoys"),
        ("app/main.py", 'routes = [Route("/lights", lights)]', "/lights"),
        ("app/server.js", "app.get('/harbours', (req, res) => res.json([]))", "/harbours"),
        ("app/server.ts", "fastify.get(`/tides`, handler)", "/tides"),
        ("app/server.js", "server.route({ method: 'GET', path: '/buoys' })", "/buoys"),
        ("src/main.go", 'http.HandleFunc("/lights", lights)', "/lights"),
        ("src/main.go", 'router.GET("/ships", ships)', "/ships"),
        ("app/app.rb", "get '/wrecks' do", "/wrecks"),
        ("app/main.py", "api.add_resource(Tides, '/tides')", "/tides"),
        ("app/main.py", '    (r"/buoys", BuoyHandler),', "/buoys"),
        ("src/main.go", 'mux.HandleFunc("GET /lights", lights)', "/lights"),
    ],
)
def test_every_framework_names_its_routes(tmp_path: Path, name: str, text: str, path: str) -> None:
    assert found(tmp_path, name, text) == (path,)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/main.py", '@app.post("/ships")'),
        ("app/main.py", '@app.route("/ships", methods=["GET", "POST"])'),
        ("app/main.py", "api.add_resource(Ships, '/ships')"),
        ("app/main.py", "app.router.add_post('/ships', add)"),
        ("app/server.js", "app.post('/ships', add)"),
        ("app/server.js", "fastify.route({ method: 'POST', url: '/ships' })"),
        ("src/main.go", 'mux.HandleFunc("POST /ships", add)'),
        ("src/main.go", 'router.POST("/ships", add)'),
        ("app/app.rb", "post '/ships' do"),
    ],
)
def test_every_framework_names_what_takes_a_post(tmp_path: Path, name: str, text: str) -> None:
    assert found(tmp_path, name, text, "POST") == ("/ships",)


def test_a_post_of_the_first_page_is_a_route_and_a_get_of_it_is_asked_in_any_case(tmp_path: Path) -> None:
    text = '@app.route("/", methods=["POST"])'
    assert found(tmp_path, "app/main.py", text, "POST") == ("/",)
    assert found(tmp_path, "app/main.py", text) == ()


@pytest.mark.parametrize(
    ("name", "text", "path"),
    [
        ("app/main.py", 'router = APIRouter(prefix="/api")\n@router.get("/ships")', "/api/ships"),
        ("app/main.py", "Blueprint('x', __name__, url_prefix='/api')\n@x.route('/ships')", "/api/ships"),
        ("app/urls.py", "path('api/', include('x')), path('ships/', ships)", "/api/ships/"),
        ("app/server.js", "app.use('/api', router); router.get('/ships', list)", "/api/ships"),
        ("src/main.go", 'api := router.Group("/api")\napi.GET("/ships", list)', "/api/ships"),
    ],
)
def test_a_route_is_asked_for_below_each_prefix_too(tmp_path: Path, name: str, text: str, path: str) -> None:
    assert path in found(tmp_path, name, text)


@pytest.mark.parametrize(
    "text",
    [
        'openapi: "3.0.0"\nservers:\n  - url: http://x:5000/v1.0\npaths:\n  /ships:\n    get: {}\n  /ships/{id}:\n',
        'swagger: "2.0"\nbasePath: /v1.0\npaths:\n  "/ships":\n    get: {}\n',
    ],
)
def test_openapi_documents_name_routes(tmp_path: Path, text: str) -> None:
    paths = found(tmp_path, "app/api.yaml", text)
    assert {"/ships", "/v1.0/ships", "/v1.0/openapi.json", "/v1.0/ui/"} <= set(paths)
    assert not any("{" in path for path in paths)
    assert found(tmp_path, "app/other.yaml", text.replace("openapi", "name").replace("swagger", "name")) == ()


def test_a_route_is_asked_for_below_two_prefixes(tmp_path: Path) -> None:
    text = "app.use('/api', one); one.use('/v1', two); two.get('/ships', list)"
    assert {"/ships", "/api/ships", "/api/v1/ships"} <= set(found(tmp_path, "app/server.js", text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/main.py", '@app.route("/ships/<int:number>")\ndef ship(number): ...'),
        ("app/main.py", '@app.get("/ships/{number}")'),
        ("app/server.js", "app.get('/ships/:id', show)"),
        ("app/main.py", '@app.post("/ships")\ndef add(): ...'),
        ("app/main.py", '@app.get("/session/logout")\ndef leave(): ...'),
        ("app/urls.py", "re_path('^ships/(?P<year>[0-9]{4})/$', ships)"),
        ("app/server.js", "app.post('/ships', add)"),
        ("usr/local/lib/python3.11/site-packages/x/views.py", '@app.route("/ships")'),
        ("app/node_modules/x/index.js", "app.get('/ships', show)"),
        ("app/README.md", "app.get('/ships', show)"),
    ],
)
def test_parameters_other_methods_and_others_code_are_left_alone(tmp_path: Path, name: str, text: str) -> None:
    assert found(tmp_path, name, text) == ()


def test_there_is_a_limit(tmp_path: Path) -> None:
    text = "\n".join(f'@app.get("/ships/{number}")' for number in range(3 * LIMIT))
    assert len(found(tmp_path, "app/main.py", text)) == LIMIT
