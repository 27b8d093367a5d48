// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/limitprograms.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace lifeguard::test {
namespace {

void print(const char *text)
{
    std::printf("%s\n", text);
    std::fflush(stdout);
}

[[noreturn]] void waitForever()
{
    print("waiting");
    for (;;)
        pause();
}

void eat(long megabytes)
{
    for (long i = 0; i < megabytes; ++i) {
        constexpr size_t piece = 1 << 20;
        void *memory = mmap(nullptr, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            std::_Exit(99);
        std::memset(memory, 1, piece);
    }
}

double cpuUsed()
{
    timespec used = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return double(used.tv_sec) + double(used.tv_nsec) / 1e9;
}

[[noreturn]] void escape(const char *program, const char *file)
{
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            char command[] = "--wait-as";
            char *arguments[] = {const_cast<char *>(program), command, const_cast<char *>(file), nullptr};
            char *environment[] = {nullptr};
            execve("/proc/self/exe", arguments, environment);
            std::_Exit(127);
        }
        std::_Exit(0);
    }
    wait(nullptr);
    waitForever();
}

} // namespace

void runLimitProgram(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    const auto is = [what](const char *name) { return std::strcmp(what, name) == 0; };
    const auto argument = [argc, argv](int i) -> const char * { return i < argc ? argv[i] : ""; };
    if (is("--eat")) {
        eat(std::atol(argument(2)));
        waitForever();
    } else if (is("--eat-in")) {
        const int entry = open((std::string(argument(2)) + "/cgroup.procs").c_str(), O_WRONLY);
        if (entry < 0 || write(entry, "0", 1) != 1)
            std::_Exit(98);
        eat(std::atol(argument(3)));
        waitForever();
    } else if (is("--child-eats")) {
        if (fork() == 0) {
            eat(std::atol(argument(2)));
            std::_Exit(0);
        }
        int status = 0;
        wait(&status);
        std::printf("child: signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
        std::fflush(stdout);
        std::_Exit(std::atoi(argument(3)));
    } else if (is("--burn")) {
        fork();
        for (;;)
            (void)cpuUsed();
    } else if (is("--burn-children")) {
        print("up");
        const timespec moment{0, 2'000'000};
        while (access(argument(2), F_OK) != 0)
            nanosleep(&moment, nullptr);
        if (fork() == 0) {
            while (cpuUsed() < 0.4) { }
            std::_Exit(0);
        }
        wait(nullptr);
        waitForever();
    } else if (is("--limits")) {
        rlimit limit = {};
        getrlimit(RLIMIT_NOFILE, &limit);
        std::printf("files %llu %llu\n", static_cast<unsigned long long>(limit.rlim_cur), static_cast<unsigned long long>(limit.rlim_max));
        std::fflush(stdout);
        std::_Exit(0);
    } else if (is("--share")) {
        const size_t size = static_cast<size_t>(std::atol(argument(2))) << 20;
        char *memory = static_cast<char *>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        std::memset(memory, 1, size);
        for (int i = 0; i < 3; ++i) {
            if (fork() == 0)
                waitForever();
        }
        waitForever();
    } else if (is("--escape")) {
        escape(argv[0], argument(2));
    } else if (is("--wait-as")) {
        std::FILE *file = std::fopen(argument(2), "w");
        std::fprintf(file, "%d\n", getpid());
        std::fclose(file);
        waitForever();
    } else if (is("--wait")) {
        waitForever();
    }
}

} // namespace lifeguard::test
