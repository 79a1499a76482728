"""A small static program of ours: it makes an image out of nothing, and a way into a container's network.

``relay.c`` is its source. The two executables below were made from it, for images without a shell and machines without
a compiler; a test compiles the source again and compares what both do. Made with:

    gcc -static -nostdlib -nostartfiles -Os -fno-pie -no-pie -fno-stack-protector -fno-asynchronous-unwind-tables
        -ffreestanding -Wl,--build-id=none,-z,noseparate-code,-z,norelro -s -o relay relay.c
    strip -R .comment -R .note.gnu.property relay
"""

from __future__ import annotations

import base64
import gzip
import io
import platform
import tarfile

from lightship.errors import EngineError
from lightship.messages import said

_GZIPPED = {
    "x86_64": """
H4sIAAAAAAACA61U32sUVxS+s5vVjQqzaQXTh7ZbGKORkmSslSxIO7ck7R2ZIiWJFpK0pIlpS6QJm9nUgk1Wplv2Nsxbiw+2f0Ep
+CJsRDe72UjUiiz7oFahCUHJrmNTH1pRUKfn3JkJsZXShw7s3nvOPT++c85371Sn8XZIkkjwhcgbBKVTRBOy5uvfj6yZgK4d7DRS
R8LCdt3ROg9vbfcPg5XEvOW92+bQBvLfP9+NML7CrFv3qj/Bnh7sVCudakEt0J4zmI929zD+Zxc7fjf7JiGGfUTJGnxVjqg3dV7U
+TzNI1wj8fOXOwx+SbfNF4kXgTXfMPg9xn+XIyxTmIwwqeRc163LLjs+L0Lxpd5+2kf76Qclxp94TjlsG1tY+N51XbUiPI82djFe
ElkYX6z2wglop1Z7SyWWC4F2ihCJHlQv0h7arfNHPV3MutvGeIcSY9MbGTeURjZ9IMasB9LE89o3zdpXv5l9akVLPx6Tv51zItrp
MbWS3tcwmnoZdalDs9siGql+Cnlmt+PuQ9jVJiGTOG5HnAKqjFD5NcavyhHKC9Rakmr3wQwyhVKbqcBWuw3/xvSBRkdD9UTt3WnA
A4GSqVY/TDOYzaJtXooSgkXr1j4lDDVP9DO7G6qwTWWr89I/zYlnDpbOazAvOV9vf1HW0m7951tGCpt0t2h3RMvOSvatOppOSLr1
i8vcOZa4mqogirhwabD3l9MP13nEyk6VzxWr0eJytL48DG18DuCOy5kZkc4ARHGaq/OmwbuVrbm9AZgzCGuhQ4mjIEcAMEKPIWoV
qTWDhAOSIOQ5mKGc+Rosc7uF9ooYtpwZBxXNYwh6bg+0n57FaOfC8NepXvSaIHi1CD5+sAX0zCYkQSpgJ+N3UF0NLJzzUMKQnCki
ag+S6OUuBB3zSvHT/wFSDjPyPmUnA7bHWXEpDkW96hEQqvMvSEUQIB8Sao/kcvY0SMPWMaWJmK+rLuO/Vn985PG1yc/ZFnQLcuL0
sF9AMHcYNk2ecwsxT67xfcT35+BcO0EEC5Ny5ofHcEEKCDBGZ3aJ5lTo2ZgHPIrXjy8i2p2Mrxr8gsGXIf4WMTbMGBYTgrjmO8BL
24xSUbSTQMbFmX0MY6yxPC8F5pPXIJgIDVGXccYF0FL5O+iHPvjA91kR2OFaMGu+be2St44lRwdbPztstpqDY+QpaS8ZHdlESMv4
J+Nm0hz4iLSYh4+apCU5OjRgDpD/6dsMP6wkeCOD9/iUL39c97S99Df/Bl+325fxnfBWT36FPNt//Rp+Bq7gHX+B/Hv+vwDo22CN
WAYAAA==
""",
    "aarch64": """
H4sIAAAAAAACA61VX2hbVRj/zr03yV0bYqwrW9uxJDpmJ9qKBllR6M3UbY75sOy+N+kfCehM0uVhXQs9RR+E7qGpgiDsTyeCvU8T
JkUYeIejFNzDdhn6NHtTKbW4DbOnBheP33dzUpoYwQcvfJzzfd/v+3u+c+702yePKoxB/VNgCYi7BobHG1K+5duGoOww4gzwgeZh
d6h2WNTWO1J5ZxtUi3VqvTDqh//+heXqqlCMPJiafxlgt3jGuLuhMuu3AHdKKFfgE0cF7mhIGOXeugqWH/er4Pt9FsB0VZ+FNkVb
HfrJVQNWaeTg7FXw/6jrvMEuAlA+g/hlgNmyEHt8wOdpxRiWjrFSQT6vQKNNim0tbaK+Ovn9YhVzcdVdVgx1PwvxOfm7IIRZnbz5
NcUmqk7eWNxAvIEY9yn7MdlA1H3sTiuLLhiVNd2oRDQov6OAeRSMgWUN4qs2y5f2XP4ikUkfHrzB8izEkzYkzs8wMLE1c/DH7iLF
8/a9ncV73p4nQ9grP2IZxqI6yM+CBmbvLu6Alz93mutBHx0r7aifMj5tpa9O3vJqiehQ5pjjetCoUL0re7ljtMBTb1ZXWH6GzgHr
iwShrGuUN0++yXjyAOZIvjKoR/tkCfMkn2STqAozBjPOJsogqPV8pWGvbDj1JfZlGNcj+6Bj6ADkD2GP1z6C4rOgzBphGLiCepzC
OOFjSINhKC+g//Uw9hd9UV1vYWzK4SH51tVt31fRNoFrDH0PSt9sSj8djcIL7jGYWL3N8jd9YEbR9tcfoKh3c4fqP4L0MZJ4Hr5z
X0XCOaD69S48Z9yXMD9FaeyNrcG3JVWxSN/bVeuddwYoxzsytzza6c3T8f2tz4rm/IqytVRS/RbN8rCU9wYops+q25DsEZ3/HMvH
/HQfavlkKGZTTimA61TbNOKjYDtuD1SI33wdaxpEwpppfhIt8jH+Ektu1p7ARyJewhg0Y53yHnyAs3q8u9aLWMu54x3UN5GFCXfa
nrCfiHgdq0kfLz4R5gmqA2dj4ZEwOeWlqodSiGlVD+VOPkQEKl5tG+J65Db7hlWE6Y5AcU3WEttx/1/aEv/oT13nBi53D2D8/tx4
dqT/w7FCf2EkBw3ca5B9v23nu8XOJ0E7t5/1BCOwF3ki408hcqRMhDhn77aFING+D9k40meoO0m6E6HwReUSO/bL/RCxpKfLbqP+
lurZGhf1S4FcGwES7dB3NnO2MF5ID0NfYexcAfrGs6PpQhr6xjJD742nz4zB//K1y5e8/obX/xfXJH9Ba8Q3sfC0tH9F8m/4DLnW
+FgTnjWtXXKvSD4l7VPSPtdkr7fwp7aoq/6feu5f4te/vwGHTgNTOAcAAA==
""",
}
_ALSO = {"amd64": "x86_64", "arm64": "aarch64"}


def relay(machine: str = "") -> bytes | None:
    """The executable for a machine (this one by default), by the name uname(2) or Docker gives it; None for others."""
    name = machine or platform.machine()
    packed = _GZIPPED.get(_ALSO.get(name, name))
    return gzip.decompress(base64.b64decode(packed)) if packed else None


def relay_archive(machine: str = "") -> bytes:
    """A tar archive with the executable as ``relay``. Raises EngineError for a machine that we have none for."""
    program = relay(machine)
    if program is None:
        raise EngineError(
            said("no relay for {machine}", machine=machine or platform.machine()), help="use a native engine as root"
        )
    member = tarfile.TarInfo("relay")
    member.size, member.mode = len(program), 0o755
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(member, io.BytesIO(program))
    return out.getvalue()
