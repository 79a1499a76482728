# Python 3.11, from .python-version.
# Nothing is installed, so there is nothing to build in a stage of its own.
FROM python:3.11-slim
WORKDIR /app

# The source; .dockerignore says what is left out.
COPY . ./

# Start: the package's tide/__main__.py. In exec form the program itself gets the signals.
# lightship ignore=root_user nothing in the project names a user; --user NUMBER sets one
CMD ["python", "-m", "tide"]
