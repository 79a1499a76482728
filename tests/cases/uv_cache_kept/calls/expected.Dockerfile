FROM python:3.12-slim
RUN uv --no-cache sync --frozen --no-dev && uv --no-cache tool install ruff
