# Python 3.11, from .python-version.
# Nothing is installed, so there is nothing to build in a stage of its own.
FROM python:3.11-slim
WORKDIR /app

# The source; .dockerignore says what is left out.
COPY . ./

# The user that --user names; a number needs no entry in /etc/passwd.
USER 10001

# Start: the source file tide.py. In exec form the program itself gets the signals.
CMD ["python", "tide.py"]
