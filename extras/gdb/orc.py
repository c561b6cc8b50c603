# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Backtraces of a kernel without DWARF, for gdb.  A kernel that is built
# without frame pointers has tables (ORC) by which it unwinds its own stack.  They
# are in the guest's memory, so gdb can use them as well; arch/x86/kernel/
# unwind_orc.c of the kernel is what this follows.

import struct

import gdb
from gdb.unwinder import Unwinder

# Where a frame's stack pointer is computed from.
PREV_SP, BP, SP, BP_INDIRECT, SP_INDIRECT = 1, 4, 5, 8, 9
OTHERS = {2: "rdx", 3: "rdi", 6: "r10", 7: "r13"}

# What a frame is: the three that can be followed.
CALL, REGS, REGS_PARTIAL = 2, 3, 4

# In struct pt_regs; hardware pushes what is from IP on.
REGS_BP, REGS_IP, REGS_SP = 0x20, 0x80, 0x98


class FrameId:
    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


def number(expression):
    return int(gdb.parse_and_eval("(unsigned long)" + expression)) & (1 << 64) - 1


class Orc:
    """The table of the kernel proper; modules have others, not found here."""

    def __init__(self):
        self.ips = number("&__start_orc_unwind_ip")
        self.count = (number("&__stop_orc_unwind_ip") - self.ips) // 4
        self.entries = number("&__start_orc_unwind")
        self.text = [(number("&_stext"), number("&_etext")),
                     (number("&_sinittext"), number("&_einittext"))]
        try:
            number("&orc_header")
            self.old = False
        except gdb.error:
            # Before Linux 6.4 a call was type 0.
            self.old = True

    def find(self, ip):
        """(sp_offset, bp_offset, sp_reg, bp_reg, type) at ip, or None."""
        memory = gdb.selected_inferior()
        low, high = 0, self.count
        # The last entry that is not behind ip; each holds its distance to the code.
        while low < high:
            middle = (low + high) // 2
            place = self.ips + 4 * middle
            distance, = struct.unpack("<i", memory.read_memory(place, 4))
            if place + distance <= ip:
                low = middle + 1
            else:
                high = middle
        if not low:
            return None
        place = self.entries + 6 * (low - 1)
        sp_offset, bp_offset, flags = struct.unpack("<hhH", memory.read_memory(place, 6))
        kind = flags >> 8 & (3 if self.old else 7)
        if self.old:
            kind += CALL
        return sp_offset, bp_offset, flags & 15, flags >> 4 & 15, kind


class OrcUnwinder(Unwinder):
    def __init__(self):
        super().__init__("kernel-orc")
        self.orc = None

    def __call__(self, frame):
        try:
            return self.unwind(frame)
        except (gdb.error, ValueError):
            # Tables not there (yet), another machine's registers, a bad stack.
            return None

    def unwind(self, frame):
        regs = {name: int(frame.read_register(name)) & (1 << 64) - 1
                for name in ("rip", "rsp", "rbp")}
        ip, sp, bp = regs["rip"], regs["rsp"], regs["rbp"]
        ulong = gdb.lookup_type("unsigned long")
        if not ip >> 63:
            return None
        if not self.orc:
            self.orc = Orc()
        # A caller is at the instruction behind its call, maybe the next function.
        level = frame.level() if hasattr(frame, "level") else 0
        if any(start <= ip < end for start, end in self.orc.text):
            entry = self.orc.find(ip - 1 if level else ip)
        else:
            # What BPF's JIT makes has frame pointers.
            entry = 16, -16, BP, PREV_SP, CALL
        info = frame.create_unwind_info(FrameId(gdb.Value(sp).cast(ulong),
                                                gdb.Value(ip).cast(ulong)))
        # At the bottom of the stack there is no caller to add, and gdb stops.
        if entry:
            try:
                self.follow(frame, info, entry, sp, bp)
            except gdb.MemoryError:
                pass
        return info

    def follow(self, frame, info, entry, sp, bp):
        sp_offset, bp_offset, sp_reg, bp_reg, kind = entry
        ulong = gdb.lookup_type("unsigned long")

        def load(address):
            data = gdb.selected_inferior().read_memory(address, 8)
            return struct.unpack("<Q", data)[0]

        def saved(register, value):
            info.add_saved_register(register, gdb.Value(value).cast(ulong))

        if sp_reg == SP:
            base = sp + sp_offset
        elif sp_reg == BP:
            base = bp + sp_offset
        elif sp_reg == SP_INDIRECT:
            base = load(sp) + sp_offset
        elif sp_reg == BP_INDIRECT:
            base = load(bp + sp_offset)
        elif sp_reg in OTHERS:
            base = int(frame.read_register(OTHERS[sp_reg])) & (1 << 64) - 1
        else:
            return

        if kind == CALL:
            saved("rip", load(base - 8))
            saved("rsp", base)
        elif kind in (REGS, REGS_PARTIAL):
            if kind == REGS_PARTIAL:
                base -= REGS_IP
            saved("rip", load(base + REGS_IP))
            saved("rsp", load(base + REGS_SP))
        else:
            return

        if kind == REGS:
            bp = load(base + REGS_BP)
        elif bp_reg == PREV_SP:
            bp = load(base + bp_offset)
        elif bp_reg == BP:
            bp = load(bp + bp_offset)
        saved("rbp", bp)


gdb.unwinder.register_unwinder(None, OrcUnwinder(), replace=True)
