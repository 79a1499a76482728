FROM scratch
WORKDIR /srv/app/
WORKDIR data
