FROM @BASE@
ADD layer.tar /
ENTRYPOINT ["/nodejs/bin/node"]
