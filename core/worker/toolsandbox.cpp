// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/worker/toolsandbox.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lifeguard {
namespace {

// Access rights of later kernels than that of Debian 12's headers are not needed, but truncation (Linux 6.2) is.
constexpr std::uint64_t truncateAccess = 1ULL << 14;
constexpr std::uint64_t readFile = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t readAccess = readFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t writeFile = LANDLOCK_ACCESS_FS_WRITE_FILE | truncateAccess;
constexpr std::uint64_t writeAccess = writeFile | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE
                                    | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR
                                    | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK
                                    | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK
                                    | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;

/// Returns the version of Landlock in the kernel, or 0 if there is none.
long landlockVersion()
{
    const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? version : 0;
}

/// Returns the access rights that this version of Landlock can restrict.
std::uint64_t handledAccess(long version)
{
    std::uint64_t access = readAccess | writeAccess;
    if (version < 3)
        access &= ~truncateAccess;
    if (version < 2)
        access &= ~std::uint64_t(LANDLOCK_ACCESS_FS_REFER);
    return access;
}

/// Allows access to a path and everything below it. Async-signal-safe. A path that does not exist is no error.
bool allow(int rules, const char *path, std::uint64_t access)
{
    const int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return true;
    struct stat info = {};
    if (fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode))
        access &= readFile | writeFile; // the kernel refuses the rights of folders for files
    landlock_path_beneath_attr rule = {};
    rule.allowed_access = access;
    rule.parent_fd = fd;
    const long added = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
    return added == 0;
}

/// Makes socket() fail for all networks: only sockets of this machine remain. Async-signal-safe.
bool denyNetwork()
{
#if defined(__x86_64__)
    constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
    return true; // the profile of the tool remains
#endif
#if defined(__x86_64__) || defined(__aarch64__)
    // Other system-call tables (32 bits, x32) would have other numbers: end a process that uses them. io_uring could
    // create sockets without socket().
    constexpr std::uint32_t x32Bit = 0x40000000;
    constexpr auto denied = SECCOMP_RET_ERRNO | (EACCES & SECCOMP_RET_DATA);
    constexpr auto number = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
    constexpr auto table = static_cast<std::uint32_t>(offsetof(seccomp_data, arch));
    constexpr auto family = static_cast<std::uint32_t>(offsetof(seccomp_data, args)); // low half: little-endian
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, table),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, x32Bit, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, family),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, denied),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
    // A kernel or a container without seccomp filters: the profile of the tool remains.
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 || errno == EINVAL || errno == ENOSYS;
#endif
}

} // namespace

QStringList SandboxPermissions::systemPaths()
{
    QStringList paths;
    for (const char *path : {"/usr",
                             "/bin",
                             "/sbin",
                             "/lib",
                             "/lib32",
                             "/lib64",
                             "/nix/store",
                             "/gnu/store",
                             "/etc/alternatives",
                             "/etc/fonts",
                             "/etc/java-17-openjdk",
                             "/etc/ld.so.cache",
                             "/etc/ld.so.conf",
                             "/etc/ld.so.conf.d",
                             "/etc/localtime",
                             "/etc/timezone",
                             "/etc/pango",
                             "/var/cache/fontconfig",
                             "/var/lib/defoma",
                             "/proc/cgroups",
                             "/proc/cpuinfo",
                             "/proc/filesystems",
                             "/proc/meminfo",
                             "/proc/stat",
                             "/proc/sys/vm",
                             "/proc/sys/kernel",
                             "/proc/version",
                             "/sys/fs/cgroup",
                             "/sys/devices/system",
                             "/sys/kernel/mm"}) {
        paths.append(QString::fromLatin1(path));
    }
    for (const QString &name : QDir(QStringLiteral("/etc")).entryList({QStringLiteral("java*")}, QDir::Dirs))
        paths.append(QStringLiteral("/etc/") + name);
    for (const char *name : {".fonts", ".fonts.conf", ".local/share/fonts", ".config/fontconfig", ".cache/fontconfig"})
        paths.append(QDir::homePath() + u'/' + QString::fromLatin1(name));
    return paths;
}

ToolSandbox::ToolSandbox(const SandboxPermissions &permissions)
    : m_restrictsFiles(restrictsFiles())
    , m_network(permissions.network)
{
    if (!m_restrictsFiles)
        return;
    const long version = landlockVersion();
    const std::uint64_t handled = handledAccess(version);
    landlock_ruleset_attr attributes = {};
    attributes.handled_access_fs = handled;
    // Earlier kernels know only the first member of the structure.
    m_rules = static_cast<int>(
        syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes.handled_access_fs), 0));
    if (m_rules < 0)
        return;
    for (const QString &path : permissions.readable)
        allow(m_rules, QFile::encodeName(path).constData(), readAccess & handled);
    for (const QString &path : permissions.writable)
        allow(m_rules, QFile::encodeName(path).constData(), (readAccess | writeAccess) & handled);
    for (const char *device : {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"})
        allow(m_rules, device, (readFile | writeFile) & handled);
}

ToolSandbox::~ToolSandbox()
{
    if (m_rules >= 0)
        close(m_rules);
}

bool ToolSandbox::restrictsFiles()
{
    return landlockVersion() > 0;
}

bool ToolSandbox::enter() const
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    if (m_rules >= 0) {
        // Only now is this the process of the tool. Its memory and variables remain unreadable.
        for (const char *file : {"/proc/self/cgroup", "/proc/self/coredump_filter", "/proc/self/maps",
                                 "/proc/self/mountinfo", "/proc/self/stat", "/proc/self/statm", "/proc/self/status"})
            (void)allow(m_rules, file, readFile);
        if (syscall(SYS_landlock_restrict_self, m_rules, 0) != 0)
            return false;
    } else if (m_restrictsFiles) {
        return false;
    }
    return m_network || denyNetwork();
}

} // namespace lifeguard
