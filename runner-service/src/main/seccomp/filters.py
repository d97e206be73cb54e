#!/usr/bin/python3
"""Writes the sandbox's seccomp filters: FILTER.ARCH.bpf beside the classes that load them.

Needs python3-seccomp (libseccomp). Run it after a change, and commit what it writes; a test compares where it can.
The program's filter is a list of what CPython and its standard library use; what is not on it does not exist (ENOSYS),
and what a pupil may well try is refused in words that Python knows (EPERM becomes PermissionError).
The supervisor's filter only takes away what reaches beyond the sandbox (compare Docker's default profile).
"""

import errno
import os
import sys

import seccomp

# Beyond the sandbox: other processes, the network, the kernel itself, namespaces, memory that no limit counts.
DENIED = """
    socket connect bind listen accept accept4 sendmmsg recvmmsg setsockopt
    ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp process_madvise process_mrelease
    io_uring_setup io_uring_enter io_uring_register io_setup io_submit bpf perf_event_open userfaultfd
    keyctl add_key request_key
    setns unshare chroot pivot_root mount open_tree fspick mount_setattr umount2
    swapon swapoff quotactl quotactl_fd
    name_to_handle_at open_by_handle_at fanotify_init
    init_module finit_module delete_module kexec_load kexec_file_load
    reboot sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex acct syslog
    personality modify_ldt iopl ioperm vhangup uselib ustat sysfs lookup_dcookie nfsservctl
    memfd_create memfd_secret mbind migrate_pages move_pages set_mempolicy remap_file_pages
    shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semctl mq_open
    mknod mknodat setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid
    execve execveat sync vmsplice tee splice
""".split()

# The supervisor makes the program's folder, gives up its capability and passes descriptors through the one pair of sockets
# it has; the program does none of it. What would slow down or starve the process that watches over it is refused as well.
# So is every further process: what one may take (time, memory, the kernel's memory behind its sockets), many took many times.
PROGRAM_DENIED = """
    fork vfork sendmsg recvmsg
    fsopen fsconfig fsmount move_mount capset
    setpriority sched_setscheduler sched_setattr sched_setparam sched_setaffinity ioprio_set
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
""".split()

PROGRAM_ALLOWED = """
    read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 lseek _llseek sendfile sendfile64
    open openat creat close close_range dup dup2 dup3 fcntl fcntl64 flock pipe pipe2
    stat fstat lstat stat64 fstat64 lstat64 newfstatat fstatat64 statx statfs fstatfs statfs64 fstatfs64
    access faccessat faccessat2 getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat
    rename renameat renameat2 link linkat symlink symlinkat readlink readlinkat umask
    chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat
    truncate ftruncate truncate64 ftruncate64 fallocate fsync fdatasync fadvise64 copy_file_range
    getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    mmap mmap2 munmap mprotect mremap madvise brk msync mincore membarrier
    exit exit_group wait4 waitid getpid getppid gettid getpgid getpgrp setpgid getsid setsid
    kill tkill tgkill pidfd_open pidfd_send_signal pause alarm restart_syscall
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo
    sigaltstack getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times
    getrusage getrlimit setrlimit uname sysinfo getcpu getrandom getpriority
    getuid geteuid getgid getegid getresuid getresgid getgroups capget prctl arch_prctl
    set_tid_address set_robust_list get_robust_list rseq futex futex_waitv
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min
    poll ppoll select _newselect pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime signalfd signalfd4
    recvfrom shutdown getsockname getpeername getsockopt
""".split()

# Without a namespace of mounts, a path reaches files of whoever runs the service, and Landlock does not judge these calls:
# they do nothing and say that they did, so that shutil.copy works in the program's own folder.
PRETENDED = "chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat".split()
# The same for reading; Python knows a file system without them.
ATTRIBUTES = "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr".split()
# Of prctl: what the C library uses. Above all not PR_SET_PDEATHSIG, by which a program ends with its zygote.
PRCTLS = {"SET_NAME": 15, "GET_NAME": 16, "GET_DUMPABLE": 3, "CAPBSET_READ": 23, "GET_NO_NEW_PRIVS": 39, "GET_SECCOMP": 21, "SET_VMA": 0x53564D41}

AF_UNIX = 1
NEW_USER_NAMESPACE, NEW_NAMESPACES, THREAD = 0x10000000, 0x7E020080, 0x10000
# Of an ioctl: what asyncio (FIONBIO) and files use, and what asks whether this is a terminal.
IOCTLS = {"FIONBIO": 0x5421, "FIONREAD": 0x541B, "FIOCLEX": 0x5451, "FIONCLEX": 0x5450, "TCGETS": 0x5401, "TIOCGWINSZ": 0x5413}
ARCHES = {"x86_64": seccomp.Arch.X86_64, "aarch64": seccomp.Arch.AARCH64}


def empty(default, arch):
    rules = seccomp.SyscallFilter(default)
    if not rules.exist_arch(ARCHES[arch]):
        rules.add_arch(ARCHES[arch])
        rules.remove_arch(seccomp.Arch.NATIVE)
    # A call of another architecture (32 bits, x32) would be one that nobody has judged: it ends the process.
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    # A tree, not a list: the kernel asks it about every call there is when a program starts, and about most later.
    rules.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)
    return rules


def add(rules, action, names, arch):
    for name in names:
        if seccomp.resolve_syscall(ARCHES[arch], name) >= 0:
            rules.add_rule(action, name)


def supervisor(arch):
    rules = empty(seccomp.ALLOW, arch)
    add(rules, seccomp.ERRNO(errno.EPERM), DENIED, arch)
    # clone3 hides its flags in memory, where a filter cannot look; libc falls back to clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    forbidden = seccomp.Arg(0, seccomp.MASKED_EQ, NEW_USER_NAMESPACE, NEW_USER_NAMESPACE)
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", forbidden)
    return rules


def program(arch):
    return common(PROGRAM_ALLOWED, arch)


def threads(arch):
    """The program's at isolation level "process"."""
    apart = {"prctl", *PRETENDED, *ATTRIBUTES}
    rules = common([name for name in PROGRAM_ALLOWED if name not in apart], arch)
    add(rules, seccomp.ERRNO(0), PRETENDED, arch)
    add(rules, seccomp.ERRNO(errno.ENOTSUP), ATTRIBUTES, arch)
    for option in PRCTLS.values():
        rules.add_rule(seccomp.ALLOW, "prctl", seccomp.Arg(0, seccomp.EQ, option))
    return rules


def common(allowed, arch):
    rules = empty(seccomp.ERRNO(errno.ENOSYS), arch)
    add(rules, seccomp.ERRNO(errno.EPERM), DENIED + PROGRAM_DENIED, arch)
    add(rules, seccomp.ALLOW, allowed, arch)
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, THREAD, 0))
    rules.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, NEW_NAMESPACES | THREAD, THREAD))
    # Its own limits, not those of the process that watches over it.
    rules.add_rule(seccomp.ALLOW, "prlimit64", seccomp.Arg(0, seccomp.EQ, 0))
    # asyncio wakes itself through a pair of sockets; to an address nothing is ever sent.
    rules.add_rule(seccomp.ALLOW, "socketpair", seccomp.Arg(0, seccomp.EQ, AF_UNIX))
    rules.add_rule(seccomp.ALLOW, "sendto", seccomp.Arg(4, seccomp.EQ, 0))
    for request in IOCTLS.values():
        rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, seccomp.EQ, request))
    return rules


def main(folder):
    for arch in ARCHES:
        for build in (supervisor, program, threads):
            with open(os.path.join(folder, f"{build.__name__}.{arch}.bpf"), "wb") as file:
                build(arch).export_bpf(file)


if __name__ == "__main__":
    main(sys.argv[1])
