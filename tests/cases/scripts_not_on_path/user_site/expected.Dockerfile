FROM python:3.12-slim AS build
RUN pip install --user gunicorn
FROM python:3.12-slim
COPY --from=build /root/.local /root/.local
ENV PATH="/root/.local/bin:$PATH"
CMD gunicorn app:app
