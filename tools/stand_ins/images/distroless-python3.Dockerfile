FROM @BASE@
ADD layer.tar /
ENV LANG=C.UTF-8
ENTRYPOINT ["/usr/bin/python3.11"]
