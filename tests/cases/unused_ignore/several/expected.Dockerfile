FROM scratch
# lightship ignore=maintainer until we know the label
MAINTAINER me
# lightship ignore=maintainer

# hadolint ignore=DL9999
USER 1
