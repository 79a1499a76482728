FROM python:3.12-slim
COPY requirements.txt config.yml /app/
copy src/ /app/src/
COPY . /app
