#!/usr/bin/python3
"""Writes the sandbox's seccomp filters: FILTER.ARCH.bpf beside the classes that load them.

Needs python3-seccomp (libseccomp). Run it after a change, and commit what it writes; a test compares where it can.
Everything is allowed but what is named here: CPython and its standard library use too much of the kernel for a list
of what they may, while what reaches beyond the sandbox is a known and short list (compare Docker's default profile).
"""

import errno
import os
import sys

import seccomp

# Beyond the sandbox: other processes, the network, the kernel itself, namespaces, memory that no limit counts.
DENIED = """
    socket connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
    ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp
    io_uring_setup io_uring_enter io_uring_register bpf perf_event_open userfaultfd
    keyctl add_key request_key
    setns chroot pivot_root open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
    umount2 swapon swapoff quotactl
    name_to_handle_at open_by_handle_at fanotify_init
    init_module finit_module delete_module kexec_load kexec_file_load
    reboot sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex acct syslog
    personality modify_ldt iopl ioperm vhangup
    memfd_create memfd_secret mbind migrate_pages move_pages set_mempolicy
    shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semctl mq_open
    mknod mknodat setuid setgid setreuid setregid setresuid setresgid setgroups
""".split()

# The supervisor still mounts its scratch space and starts the program; the program may do neither.
PROGRAM_ONLY = "mount unshare capset execve execveat".split()

NEW_NAMESPACES = 0x7E020080
ARCHES = {"x86_64": seccomp.Arch.X86_64, "aarch64": seccomp.Arch.AARCH64}


def build(names, arch):
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    if not rules.exist_arch(ARCHES[arch]):
        rules.add_arch(ARCHES[arch])
        rules.remove_arch(seccomp.Arch.NATIVE)
    # A call of another architecture (32 bits, x32) would be one that nobody has judged: it ends the process.
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    for name in names:
        number = seccomp.resolve_syscall(ARCHES[arch], name)
        if number >= 0:
            rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
    # clone3 hides its flags in memory, where a filter cannot look; libc falls back to clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for bit in range(32):
        flag = 1 << bit
        if NEW_NAMESPACES & flag:
            rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    return rules


def main(folder):
    for arch in ARCHES:
        for filter_name, names in (("supervisor", DENIED), ("program", DENIED + PROGRAM_ONLY)):
            with open(os.path.join(folder, f"{filter_name}.{arch}.bpf"), "wb") as file:
                build(names, arch).export_bpf(file)


if __name__ == "__main__":
    main(sys.argv[1])
