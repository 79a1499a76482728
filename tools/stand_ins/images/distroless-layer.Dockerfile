FROM @BASE@
ADD layer.tar /
