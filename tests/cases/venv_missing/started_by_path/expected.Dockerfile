FROM python:3.12-slim AS build
WORKDIR /app
RUN uv sync --frozen
FROM python:3.12-slim
WORKDIR /app
COPY . .
COPY --from=build /app/.venv /app/.venv
CMD ["/app/.venv/bin/python", "-m", "app"]
