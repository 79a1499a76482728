"""L4: what programs take for granted: locales, time zones, certificates, the loader's cache, fonts, users."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.evidence.observation import Account, ImageFacts, Observation, Surroundings
from lightship.messages import said
from lightship.verify.numbers import REASON, Renumbered, renumbered
from lightship.verify.verdict import Allowed, Comparison, Difference, settle

STANDARD_USERS = frozenset(
    """
    root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc _apt nobody
    gnats adm shutdown halt operator ftp cron xfs squid vpopmail ntp smmsp guest at postmaster svn
    cyrus sshd messagebus systemd-network systemd-resolve systemd-timesync nonroot
    """.split()  # noqa: SIM905 - a list to read
)
"""Users that base images bring (base-passwd, alpine-baselayout, distroless): nothing here was made for them."""

BUILT_INTO_LIBC = frozenset({"C", "POSIX", "C.utf8", "C.UTF-8"})
"""Locales that glibc 2.35 and musl have without a file."""

_UTC = ("", "Etc/UTC", "UTC", "Etc/Universal", "Universal", "Zulu", "Etc/Zulu", "Etc/UCT", "UCT")
_TOP = "surroundings"


def compare_surroundings(original: Observation, candidate: Observation) -> Comparison:
    """Everything of the original's surroundings is there; more than before does not count."""
    old, new = original.facts.surroundings, candidate.facts.surroundings
    found = [
        *_locales(old, new),
        *_zones(old, new),
        *_authorities(old, new),
        *_openssl(old, new),
        *_loader_cache(old, new),
        *_fonts(old, new),
    ]
    return settle(
        said(
            "{locales} locales, {zones} time zones, {certificates} certificates, {fonts} fonts, the loader's cache",
            locales=len(old.locales),
            zones=len(old.zones),
            certificates=len(old.authorities),
            fonts=len(old.fonts),
        ),
        (one for one in found if isinstance(one, Difference)),
        allowed=(one for one in found if isinstance(one, Allowed)),
    )


def compare_accounts(original: Observation, candidate: Observation) -> Comparison:
    """Users and groups that were made for this image still mean the same numbers."""
    old, new = original.facts, candidate.facts
    numbers = renumbered(old, new)
    found = [*_users(old, new, numbers), *_groups(old, new, numbers)]
    return settle(
        said("{users} users, {groups} groups", users=len(old.accounts), groups=len(old.groups)),
        (one for one in found if isinstance(one, Difference)),
        allowed=(one for one in found if isinstance(one, Allowed)),
    )


def _locales(old: Surroundings, new: Surroundings) -> Iterator[Difference | Allowed]:
    for name in sorted(set(old.locales) - set(new.locales)):
        difference = Difference((_TOP, "locales", name), name, "")
        yield Allowed(difference, said("built into the C library")) if name in BUILT_INTO_LIBC else difference


def _openssl(old: Surroundings, new: Surroundings) -> Iterator[Difference]:
    """What OpenSSL opens by itself: whoever asks it for the default certificates gets none when they are gone."""
    for path in sorted(set(old.openssl or ()) - set(new.openssl or ())) if new.openssl is not None else ():
        yield Difference((_TOP, "OpenSSL", path), said("there"), "")


def _zones(old: Surroundings, new: Surroundings) -> Iterator[Difference | Allowed]:
    gone = sorted(set(old.zones) - set(new.zones))
    if gone:
        name = "time zones"
        yield Difference(
            (_TOP, name),
            said("{count} zones", count=len(old.zones)),
            said("{count} gone: {gone}", count=len(gone), gone=", ".join(gone[:5])),
        )
    if old.local_zone == new.local_zone:
        return
    difference = Difference((_TOP, "local time zone"), old.local_zone or "UTC", new.local_zone or "UTC")
    if old.local_zone in _UTC and new.local_zone in _UTC:
        yield Allowed(difference, said("both are UTC"))
    else:
        yield difference


def _authorities(old: Surroundings, new: Surroundings) -> Iterator[Difference]:
    gone = set(old.authorities) - set(new.authorities)
    if gone:
        after = said("{count} gone", count=len(gone)) if new.authorities else said("no CA bundle")
        yield Difference((_TOP, "CA certificates"), said("{count} certificates", count=len(old.authorities)), after)


def _loader_cache(old: Surroundings, new: Surroundings) -> Iterator[Difference | Allowed]:
    if old.loader_cache is None:
        return
    if new.loader_cache is None:
        difference = Difference((_TOP, "/etc/ld.so.cache"), said("{count} libraries", count=len(old.loader_cache)), "")
        yield (
            Allowed(difference, said("there is no dynamic loader that would read it")) if not new.loader else difference
        )
        return
    # find_library() and dlopen() by name go through the cache; a library that is there but not in it is not found.
    for name in sorted(set(old.loader_cache) - set(new.loader_cache)):
        if name in new.uncached:
            yield Difference(
                (_TOP, "/etc/ld.so.cache", name),
                said("in the cache"),
                said("there, but not in the cache: ldconfig was not run"),
            )


def _fonts(old: Surroundings, new: Surroundings) -> Iterator[Difference | Allowed]:
    gone = sorted(set(old.fonts) - set(new.fonts))
    if not gone:
        return
    difference = Difference(
        (_TOP, "fonts"),
        said("{count} fonts", count=len(old.fonts)),
        said("{count} gone: {gone}", count=len(gone), gone=", ".join(gone[:5])),
    )
    nobody = not old.font_readers or not new.font_readers
    yield (
        Allowed(difference, said("nothing in the candidate looks for fonts, and its libraries resolve"))
        if nobody
        else difference
    )


def _users(old: ImageFacts, new: ImageFacts, numbers: Renumbered) -> Iterator[Difference | Allowed]:
    there = {account.name: account for account in new.accounts}
    for account in old.accounts:
        now = there.get(account.name)
        if now is None:
            if account.name not in STANDARD_USERS:
                yield Difference(("users", account.name), _user(account), "")
            continue
        for field, before, after in (
            ("uid", account.uid, now.uid),
            ("gid", account.gid, now.gid),
            ("home", account.home, now.home),
        ):
            if before != after and account.name not in (STANDARD_USERS - {"root"}):
                difference = Difference(("users", account.name, field), str(before), str(after))
                kept = {"uid": numbers.users, "gid": numbers.groups}.get(field, {})
                yield Allowed(difference, REASON) if (before, after) in kept.items() else difference


def _groups(old: ImageFacts, new: ImageFacts, numbers: Renumbered) -> Iterator[Difference | Allowed]:
    there = {group.name: group for group in new.groups}
    made = {account.name for account in old.accounts} - STANDARD_USERS
    for group in old.groups:
        now = there.get(group.name)
        members = sorted(set(group.members) & made)
        if now is None and (group.name in made or members or 1000 <= group.gid < 65534):
            yield Difference(("groups", group.name), said("gid {gid}", gid=group.gid), "")
        elif now is not None and now.gid != group.gid and (group.name in made or group.gid >= 1000):
            difference = Difference(("groups", group.name, "gid"), str(group.gid), str(now.gid))
            yield Allowed(difference, REASON) if numbers.groups.get(group.gid) == now.gid else difference
        elif now is not None and not set(members) <= set(now.members):
            yield Difference(("groups", group.name, "members"), ", ".join(members), ", ".join(now.members))


def _user(account: Account) -> str:
    return said("uid {uid}, gid {gid}, home {home}", uid=account.uid, gid=account.gid, home=account.home)
