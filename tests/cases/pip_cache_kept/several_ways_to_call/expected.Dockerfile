FROM python:3.12
RUN python3 -m pip install --no-cache-dir --upgrade pip && pip3.12 install --no-cache-dir -q flask
RUN sudo -H pip install --no-cache-dir gunicorn
