"""Runs a program and stops it before each of its calls that touch the files below a place: to keep a picture of the disk
as a kill at that moment would leave it, or to let the n-th of them go wrong. Only on x86-64 Linux.

    tracer.py PLACE pictures FOLDER [all] -- PROGRAM...      beside each, before which call to which file it was taken
    tracer.py PLACE count -- PROGRAM...                      "KIND NUMBER" for each kind, on the standard error
    tracer.py PLACE fail KIND NTH ERRNO -- PROGRAM...        the call is not done, and that error is answered
    tracer.py PLACE short KIND NTH -- PROGRAM...             it reads or writes half of what it should
    tracer.py PLACE kill KIND NTH -- PROGRAM...              the program is killed in its place

Ends as the program does; with 200 when the NTH call was not reached.
"""
import collections
import ctypes
import os
import shutil
import signal
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
TRACEME, GETREGS, SETREGS, SYSCALL, SETOPTIONS = 0, 12, 13, 24, 0x4200
OPTIONS = 1 | 8 | 0x100000  # mark stops at calls, follow threads, end with the tracer
WALL = 0x40000000
NAMES = "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs gs ds es fs_ gs_".split()
NOT_DONE, BUSY = (1 << 64) - 1, (1 << 64) - 38

OF_FILES = {0: "read", 17: "read", 1: "write", 18: "write", 74: "sync", 75: "sync", 77: "truncate", 285: "truncate"}
OF_PATHS = {82: "rename", 264: "rename", 316: "rename", 87: "remove", 263: "remove", 84: "remove", 83: "make", 258: "make"}


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in NAMES]


def ptrace(what, pid, data=None):
    return libc.ptrace(what, pid, None, data)


class Tracer:
    def __init__(self, place, mode):
        self.place, self.mode = os.path.realpath(place), mode
        self.counts = collections.Counter()
        self.fails = {}
        self.last = None
        self.pictures = 0
        self.reached = mode[0] in ("pictures", "count")

    def call(self, pid, registers):
        """Kind and file of a call that touches the place."""
        number = registers.orig_rax
        if number in OF_PATHS:
            return OF_PATHS[number], None
        if number not in OF_FILES:
            return None, None
        try:
            file = os.readlink(f"/proc/{pid}/fd/{registers.rdi}")
        except OSError:
            return None, None
        if not file.startswith(self.place + "/") or file.endswith("-shm"):
            return None, None
        return OF_FILES[number], file

    def entered(self, pid, registers):
        kind, file = self.call(pid, registers)
        if kind is None:
            return
        self.counts[kind] += 1
        how = self.mode[0]
        if how == "pictures":
            self.picture(kind, file)
        elif how != "count" and kind == self.mode[1] and self.counts[kind] == int(self.mode[2]):
            self.reached = True
            if how == "kill":
                os.kill(self.main, signal.SIGKILL)
                return
            if how == "fail":
                self.fails[pid] = int(self.mode[3])
                registers.orig_rax = NOT_DONE
            else:
                registers.rdx = registers.rdx // 2
            ptrace(SETREGS, pid, ctypes.byref(registers))

    def picture(self, kind, file):
        """Of many writes in a row to one file, the first, and every eighth. A sync changes nothing that a kill leaves."""
        if kind == "read":
            return
        here, before = (kind, file), self.last
        self.row = self.row + 1 if here == before and kind == "write" else 0
        self.last = here
        if (self.row % 8 or before and before[0] == "sync") and "all" not in self.mode:
            return
        away = lambda folder, names: [name for name in names if name.endswith("-shm") or name.endswith(".sock")]
        shutil.copytree(self.place, f"{self.mode[1]}/{self.pictures:05}", ignore=away)
        with open(f"{self.mode[1]}/{self.pictures:05}.before", "w") as before:
            before.write(f"{kind} {file}")
        self.pictures += 1

    def left(self, pid, registers):
        error = self.fails.pop(pid, None)
        if error is not None:
            registers.rax = (1 << 64) - error
            ptrace(SETREGS, pid, ctypes.byref(registers))

    def run(self, program):
        self.main = os.fork()
        if self.main == 0:
            ptrace(TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            os.execvp(program[0], program)
        os.waitpid(self.main, 0)
        ptrace(SETOPTIONS, self.main, OPTIONS)
        ptrace(SYSCALL, self.main)
        registers = Registers()
        while True:
            pid, status = os.waitpid(-1, WALL)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                if pid == self.main:
                    return status
                continue
            stopped_by, event, passed_on = os.WSTOPSIG(status), status >> 16, 0
            if stopped_by == signal.SIGTRAP | 0x80:
                if ptrace(GETREGS, pid, ctypes.byref(registers)) == 0:
                    if registers.rax == BUSY and pid not in self.fails:
                        self.entered(pid, registers)
                    else:
                        self.left(pid, registers)
            elif event == 0 and stopped_by not in (signal.SIGTRAP, signal.SIGSTOP):
                passed_on = stopped_by
            ptrace(SYSCALL, pid, passed_on)


def main():
    words = sys.argv[1:]
    end = words.index("--")
    tracer = Tracer(words[0], words[1:end])
    status = tracer.run(words[end + 1:])
    if tracer.mode[0] == "count":
        for kind, number in sorted(tracer.counts.items()):
            print(kind, number, file=sys.stderr)
    if not tracer.reached:
        sys.exit(200)
    sys.exit(137 if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))


main()
