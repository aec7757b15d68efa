"""What a process that reads a stranger's PDF gives up beyond memory and time: Linux has the means.

* It can read nothing but the interpreter, our package and fonts, and write nothing (Landlock, from
  Linux 5.13): neither the data folder nor the key, nor what ``/proc`` tells of other processes.
* It can open no socket, start no program, and look into no other process (seccomp, on x86-64 and
  64-bit ARM).
* Started by root it becomes ``nobody``, if the interpreter and our package can be read by all.

Where a means is missing, the others still hold; ``give_up`` says which were there.
"""

from __future__ import annotations

import ctypes
import os
import platform
import stat
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_NOBODY = 65534
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/fonts", "/usr/local/share/fonts")
_FILES = ("/etc/ld.so.cache", "/dev/null", "/dev/urandom")

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
#: How many rights on files, and whether on TCP, each version of Landlock's interface knows.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_LATEST_FILE_RIGHTS, _TCP_FROM, _TCP = 16, 4, 0b11

#: Calls by machine: (audit architecture, numbers). In the order of: socket, socketpair, connect,
#: execve, execveat, ptrace, process_vm_readv, process_vm_writev, kill, io_uring_setup, pidfd_open,
#: bpf, unshare, mount, keyctl, userfaultfd.
_DENIED = {
    "x86_64": (
        0xC000003E,
        (41, 53, 42, 59, 322, 101, 310, 311, 62, 425, 434, 321, 272, 165, 250, 323),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 199, 203, 221, 281, 117, 270, 271, 129, 425, 434, 280, 97, 40, 219, 282),
    ),
}
_X32 = 0x40000000
_LOAD, _IS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050001


def give_up(*, more: Iterable[str] = ()) -> frozenset[str]:
    """Give up files, network, programs and, as root, the user. There is no way back.

    Args:
        more: folders that must stay readable.

    Returns:
        What was given up: ``user``, ``files``, ``calls``.
    """
    readable = sorted({*_interpreter(), *_SYSTEM, *more})
    done = {"user"} if _become_nobody([*_interpreter(), *more]) else set()
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        with suppress(OSError):
            _close_files(libc, readable)
            done.add("files")
        with suppress(OSError, KeyError):
            _close_calls(libc)
            done.add("calls")
    return frozenset(done)


def _interpreter() -> Iterator[str]:
    """Yield the folders that Python and its packages are imported from."""
    yield from (sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))
    yield from (path for path in sys.path if path and Path(path).is_absolute())


def _become_nobody(readable: Iterable[str]) -> bool:
    if os.geteuid() != 0 or not all(_is_readable_by_all(Path(each)) for each in readable):
        return False
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:  # a container that has no such user, or may not change it
        return False
    return True


def _is_readable_by_all(folder: Path) -> bool:
    if not folder.exists():
        return True
    return all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))


def _close_files(libc: ctypes.CDLL, readable: Iterable[str]) -> None:
    version = _checked(libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG))
    rights = (1 << _FILE_RIGHTS.get(version, _LATEST_FILE_RIGHTS)) - 1
    handled = struct.pack("QQ", rights, _TCP) if version >= _TCP_FROM else struct.pack("Q", rights)
    rules = _checked(libc.syscall(_CREATE_RULESET, handled, len(handled), 0))
    try:
        for folder in readable:
            _allow(libc, rules, folder, _READ_FILE | _READ_DIR)
        for file in _FILES:
            _allow(libc, rules, file, _READ_FILE)
        _checked(libc.syscall(_RESTRICT_SELF, rules, 0))
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, access: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # this system has none
        return
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            access &= _READ_FILE
        rule = struct.pack("=Qi", access, opened)
        _checked(libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0))
    finally:
        os.close(opened)


def _close_calls(libc: ctypes.CDLL) -> None:
    architecture, denied = _DENIED[platform.machine()]
    count = len(denied)
    program = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_IS, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_AT_LEAST, count + 1, 0, _X32),
        *((_IS, count - place, 0, number) for place, number in enumerate(denied)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    filters = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    _checked(libc.prctl(_SET_SECCOMP, _FILTER, filters, 0, 0))


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
